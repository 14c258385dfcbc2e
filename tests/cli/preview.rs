//! `inkproof preview`

use super::sandbox::{Sandbox, repository, run, run_with};

const NOW: &str = "2026-01-01T00:00:00Z";

#[test]
fn previews_the_sample_project() {
    let samples = run(&repository(), &["preview", "--now", NOW], "");
    assert_eq!((samples.code, samples.stderr.as_str()), (0, ""), "{samples:?}");
    insta::assert_snapshot!("samples", samples.stdout);
}

#[test]
fn draws_in_ascii_if_the_locale_is_not_utf_8() {
    let samples = run(&repository(), &["preview", "order_shipped", "--now", NOW, "--format", "concise"], "");
    assert!(samples.stdout.contains("templates/order_shipped.liquid:11:97: warning[trailing-comma]"), "{samples:?}");
}

#[test]
fn selects_messages_by_name_pattern_or_number() {
    for (names, expected) in [
        (vec!["weekly_digest"], vec!["weekly_digest / busy_week", "weekly_digest / quiet_week"]),
        (vec!["weekly_digest/quiet_week"], vec!["weekly_digest / quiet_week"]),
        (
            vec!["*/busy*", "42"],
            vec!["order_shipped / as_documented", "order_shipped / standard", "weekly_digest / busy_week"],
        ),
        (vec!["ORDER_SHIPPED"], vec!["order_shipped / as_documented", "order_shipped / standard"]),
    ] {
        let mut arguments = vec!["preview"];
        arguments.extend(&names);
        let shown = run(&repository(), &arguments, "");
        let headings: Vec<_> = shown.stdout.lines().filter(|line| line.contains(" / ")).collect();
        let headings: Vec<_> =
            headings.iter().filter_map(|line| line.split("  ").find(|part| part.contains(" / "))).collect();
        assert_eq!(headings, expected, "{names:?}");
    }
}

#[test]
fn suggests_a_similar_name_for_an_unknown_one() {
    let unknown = run(&repository(), &["preview", "order_shiped", "["], "");
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("there is no template or request `order_shiped`: did you mean `order_shipped`?"));
    assert!(unknown.stderr.contains("`[` is not a valid pattern"), "{unknown:?}");
}

#[test]
fn advises_to_create_only_what_a_project_lacks() {
    const NEW: &str = "`inkproof new NAME`";
    const REQUEST: &str = "`inkproof request NAME`";
    let empty = Sandbox::new().folder("templates");
    let template = Sandbox::new().file("templates/t.liquid", "{}\n");
    let broken_template = Sandbox::new().file("templates/t.liquid", "---\nname: [\n---\n{}\n");
    let broken_request = Sandbox::with_template("{}", "{");
    for (sandbox, code, advised) in
        [(&empty, 0, Some(NEW)), (&template, 0, Some(REQUEST)), (&broken_template, 2, None), (&broken_request, 2, None)]
    {
        for command in ["preview", "test"] {
            let run = sandbox.run(&[command]);
            assert_eq!(run.code, code, "{command}: {run:?}");
            for advice in [NEW, REQUEST] {
                assert_eq!(run.stderr.contains(advice), advised == Some(advice), "{command}: {run:?}");
            }
        }
    }
    // What is advised works.
    assert_eq!(empty.run(&["new", "welcome"]).code, 0);
    assert!(empty.run(&["preview"]).stdout.contains("welcome / example"));
    assert!(!broken_template.run(&["check"]).stdout.contains("there are no templates"));
}

#[test]
fn shows_that_a_test_send_would_hide_a_failure() {
    let content = r#"{"title": "Hi {{ customer.first_nam }}"}"#;
    let sandbox = Sandbox::with_template(content, "{}");
    let live = sandbox.run(&["preview"]);
    assert_eq!(live.code, 1);
    for expected in
        ["not sent", "undefined variable: customer.first_nam", "did you mean `first_name`?", "test send would succeed"]
    {
        assert!(live.stdout.contains(expected), "{expected}: {live:?}");
    }
    let lax = sandbox.run(&["preview", "--lax"]);
    assert_eq!(lax.code, 0);
    assert!(lax.stdout.contains("●  Hi ") && !lax.stdout.contains("test send"), "{lax:?}");
}

#[test]
fn escapes_control_characters_in_data() {
    let sandbox = Sandbox::with_template(
        r#"{"title": {{ trigger.x | json }}, "body": {{ trigger.x | json }}, "other": {{ trigger.x | json }}}"#,
        r#"{"x": "a\u001b[31mred\u0007\u202egnp\u009b\u2066"}"#,
    );
    let shown = sandbox.run(&["preview", "--color", "never"]);
    assert_eq!(shown.code, 0);
    let hostile =
        |character: char| (character.is_control() && character != '\n') || "\u{202e}\u{2066}".contains(character);
    assert!(!shown.stdout.contains(hostile), "{shown:?}");
    assert!(shown.stdout.contains(r"a\u{1b}[31mred"), "{shown:?}");
}

#[test]
fn draws_messages_side_by_side_if_they_fit() {
    let arguments = ["preview", "order_shipped", "appointment_reminder", "--columns", "--now", NOW];
    let narrow = run(&repository(), &arguments, "");
    assert!(narrow.stdout.contains("╰ help: JSON allows no comma"), "one column is as without: {narrow:?}");
    let wide = run_with(&repository(), &arguments, &[("COLUMNS", "120")]);
    insta::assert_snapshot!("columns", wide.stdout);
    let json = run_with(&repository(), &[&arguments[..], &["--format", "jsonl"]].concat(), &[("COLUMNS", "120")]);
    assert!(json.stdout.contains("\n{\"code\":\"trailing-comma\""), "{json:?}");
}

#[test]
fn draws_the_template_beside_the_card() {
    let arguments = ["preview", "weekly_digest/busy_week", "--source", "--now", NOW, "--color", "always"];
    let wide = run_with(&repository(), &arguments, &[("COLUMNS", "120"), ("TERM", "xterm")]);
    // An expression and its output have the same colour: the first of sixteen is blue.
    let blue = |text: &str| format!("\u{1b}[1m\u{1b}[34m{text}\u{1b}[0m");
    let (title, expression) = (blue("4 new posts in Compilers"), blue("{{ title | json }}"));
    assert!(wide.stdout.contains(&title) && wide.stdout.contains(&expression), "{wide:?}");
    insta::assert_snapshot!("source_wide", anstream::adapter::strip_str(&wide.stdout));
    let narrow = run(&repository(), &["preview", "order_shipped", "--source", "--now", NOW, "--ascii"], "");
    insta::assert_snapshot!("source_narrow", narrow.stdout);
    let both = run(&repository(), &["preview", "--source", "--columns"], "");
    assert_eq!(both.code, 2);
}
