//! `inkproof liquid`

use super::sandbox::{Sandbox, repository, run};

#[test]
fn renders_a_file_or_standard_input() {
    let sandbox = Sandbox::new().file("t.liquid", "Hi {{ name | upcase }}!").file("d.json", r#"{"name": "Ada"}"#);
    let from_file = sandbox.run(&["liquid", "t.liquid", "--data", "d.json"]);
    assert_eq!((from_file.code, from_file.stdout.as_str()), (0, "Hi ADA!"), "{from_file:?}");
    let from_input = run(sandbox.path(), &["liquid", "--data", "d.json", "-"], "{{ name | size }}");
    assert_eq!((from_input.code, from_input.stdout.as_str()), (0, "3"), "{from_input:?}");
}

#[test]
fn reports_every_syntax_error_with_its_position() {
    let template = "{{ a | nope }}\n{% iff %}\n{% assign = 1 %}\n{{ (1..) }}\n{% for x of y %}{% endfor %}\n";
    let problems = run(&repository(), &["liquid", "--format", "concise"], template);
    assert_eq!((problems.code, problems.stdout.as_str()), (1, ""));
    let expected = "\
standard input:1:8: error[unknown-filter]: undefined filter: nope
standard input:2:4: error[unknown-tag]: tag \"iff\" not found
standard input:3:11: error[liquid-syntax]: expected variable name
standard input:4:8: error[liquid-syntax]: unexpected token \")\", value expected
standard input:5:10: error[liquid-syntax]: expected `in` after the loop's variable, not `of`
";
    assert_eq!(problems.stderr, expected);
}

#[test]
fn renders_each_dialect_and_mode() {
    for (arguments, template, expected) in [
        (vec!["liquid"], "{{ 10 | currency: 'en-us' }}", Ok("$10.00")),
        (vec!["liquid", "--dialect", "liquidjs"], "{{ 10 | currency }}", Err("undefined filter: currency")),
        (vec!["liquid"], "[{{ x }}]", Err("undefined variable: x")),
        (vec!["liquid", "--lax"], "[{{ x }}]", Ok("[]")),
        (vec!["liquid", "--now", "2026-01-01T00:00:00Z"], "{{ 'now' | date: '%Y' }}", Ok("2026")),
    ] {
        let rendered = run(&repository(), &arguments, template);
        match expected {
            Ok(output) => assert_eq!((rendered.code, rendered.stdout.as_str()), (0, output), "{rendered:?}"),
            Err(message) => assert!(rendered.code == 1 && rendered.stderr.contains(message), "{rendered:?}"),
        }
    }
}

#[test]
fn prints_results_in_the_order_of_the_lines() {
    let input = concat!(
        r#"{"template": "{{ x }}", "context": {"x": 1}}"#,
        "\n\n",
        r#"{"template": "{{ y }}", "context": {}, "lax": true}"#,
        "\n",
        r#"{"template": "{{ y }}"}"#,
        "\n",
        r#"{"template": "{{ '😀' | split: '' | first }}"}"#,
        "\n",
        "nonsense\n",
        r#"{"template": "end"}"#,
    );
    let answers = run(&repository(), &["liquid", "--jsonl", "--dialect", "liquidjs"], input);
    let expected = concat!(
        r#"{"output":"1"}"#,
        "\n",
        r#"{"output":""}"#,
        "\n",
        r#"{"error":{"name":"UndefinedVariableError","message":"undefined variable: y, line:1, col:4"}}"#,
        "\n",
        r#"{"output":"\ud83d"}"#,
        "\n",
        r#"{"error":{"name":"InputError","message":"expected a JSON object: invalid character 'o' in literal null (expecting 'u')"}}"#,
        "\n",
        r#"{"output":"end"}"#,
        "\n",
    );
    assert_eq!((answers.code, answers.stdout.as_str()), (2, expected), "{answers:?}");
}

#[test]
fn rejects_input_that_cannot_be_read() {
    let sandbox = Sandbox::new().file("bad.liquid", [0xff, 0xfe]).file("d.json", "{\n  x}").file("ok.liquid", "");
    for (arguments, expected) in [
        (vec!["liquid", "none.liquid"], "cannot read `none.liquid`"),
        (vec!["liquid", "bad.liquid"], "`bad.liquid` is not valid UTF-8"),
        (
            vec!["liquid", "ok.liquid", "--data", "d.json"],
            "d.json:2:3: the data is not valid JSON: invalid character 'x'",
        ),
        (vec!["liquid", "--dialect", "ruby"], "invalid value 'ruby'"),
    ] {
        let failed = sandbox.run(&arguments);
        assert!(failed.code == 2 && failed.stderr.contains(expected), "{arguments:?}: {failed:?}");
    }
}
