//! `inkproof review` in a pseudo-terminal.

use super::scratch::Scratch;
use super::terminal::Terminal;

fn review(scratch: &Scratch, editor: &str) -> Terminal {
    Terminal::start(scratch, &["review"], editor)
}

/// The last words of the key help; after them, keys can be pressed.
const PROMPT: &str = "q quit";

#[test]
fn accepts_undoes_rejects_and_skips() {
    let scratch = Scratch::node();
    let mut terminal = review(&scratch, "");
    terminal.expect("1 of 3  new hello");
    terminal.expect(PROMPT);
    terminal.press("a");
    terminal.expect("2 of 3  new order/nothing");
    assert!(scratch.read("tests/snapshots/hello.snap").contains("Hello Ada"));
    terminal.press("u");
    terminal.expect("1 of 3  new hello");
    assert!(!scratch.path("tests/snapshots/hello.snap").exists());
    terminal.press("u");
    terminal.expect("there is nothing to undo");
    terminal.press("e");
    terminal.expect("no editor is set");
    terminal.press("a");
    terminal.expect("2 of 3");
    terminal.press("r");
    terminal.expect("3 of 3");
    terminal.press("s");
    terminal.expect("accepted 1, rejected 1, skipped 1");
    assert_eq!(terminal.end(), 0);
    assert_eq!(scratch.snapshots().len(), 1);
}

#[test]
fn shows_differences_with_the_lines_of_the_template() {
    let scratch = Scratch::node();
    scratch.run(&["test", "--update", "all"]);
    scratch.replace("templates/order.liquid", "has shipped", "is here");
    std::fs::remove_file(scratch.path("fixtures/requests/hello.json")).unwrap();
    let mut terminal = review(&scratch, "");
    terminal.expect("1 of 2  different order/small");
    terminal.expect("Order 7 is here");
    terminal.expect("properties.title: \"Order 7 has shipped\" → \"Order 7 is here\"");
    terminal.expect("templates/order.liquid:5");
    terminal.expect(PROMPT);
    terminal.press("d");
    terminal.expect(PROMPT);
    terminal.press("A");
    terminal.expect("accepted 2, rejected 0, skipped 0");
    assert_eq!(terminal.end(), 0);
    assert_eq!(scratch.run_in_ci(&["test"]).code, 0);
}

#[test]
fn renders_again_after_the_template_is_edited() {
    let scratch = Scratch::node();
    scratch.run(&["test", "--update", "all"]);
    scratch.replace("templates/hello.liquid", "Hello", "Bye");
    scratch.replace("templates/order.liquid", "has shipped", "is here");
    let mut terminal = review(&scratch, "sed -i -e 's/Bye Ada/Welcome Ada/' -e s/Bye/Welcome/");
    terminal.expect("Bye Ada");
    terminal.expect(PROMPT);
    terminal.press("e");
    terminal.expect("Welcome Ada");
    terminal.expect(PROMPT);
    terminal.press("a");
    terminal.expect("different order/small");
    terminal.expect(PROMPT);
    terminal.press("\u{3}");
    assert_eq!(terminal.end(), 130);
    assert!(scratch.read("tests/snapshots/hello.snap").contains("Welcome Ada"));
    assert!(scratch.read("tests/snapshots/order/small.snap").contains("has shipped"));
}

#[test]
fn reports_a_failing_editor() {
    let scratch = Scratch::node();
    let mut terminal = review(&scratch, "sh -c 'exit 3'");
    terminal.expect(PROMPT);
    terminal.press("e");
    terminal.expect("`sh -c 'exit 3'` failed: exit status: 3");
    terminal.expect(PROMPT);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn suggests_other_commands_without_a_terminal() {
    let scratch = Scratch::node();
    let result = scratch.run(&["review"]);
    assert_eq!(result.code, 2);
    for command in ["inkproof pending --format json", "inkproof accept", "inkproof reject"] {
        assert!(result.stderr.contains(command), "{}", result.stderr);
    }
}

#[test]
fn signals_restore_the_terminal() {
    for (signal, code) in [("-TERM", 143), ("-INT", 130), ("-HUP", 129), ("-QUIT", 131)] {
        let scratch = Scratch::node();
        let mut terminal = review(&scratch, "");
        terminal.expect(PROMPT);
        let killed =
            std::process::Command::new("kill").args([signal, &terminal.process().to_string()]).status().unwrap();
        assert!(killed.success());
        assert_eq!(terminal.end(), code, "{signal}");
        assert!(scratch.snapshots().is_empty(), "{signal}");
    }
}

#[test]
fn names_accepted_messages_that_are_not_sent() {
    let scratch = Scratch::node();
    let mut terminal = review(&scratch, "");
    terminal.expect(PROMPT);
    terminal.press("A");
    terminal.expect("accepted 3, rejected 0, skipped 0");
    terminal.expect("1 accepted message is not sent:");
    terminal.expect("order/nothing: undefined variable: trigger.id");
    assert_eq!(terminal.end(), 0);
    // Without permission, it stays as it is.
    std::fs::remove_dir_all(scratch.path("tests/snapshots")).unwrap();
    scratch.write("inkproof.toml", "[test]\nallow_failures = false\n");
    let mut terminal = review(&scratch, "");
    terminal.expect(PROMPT);
    terminal.press("a");
    terminal.expect("2 of 3  new order/nothing");
    terminal.expect(PROMPT);
    terminal.press("a");
    terminal.expect("`order/nothing` is unchanged: the message is not sent, and `allow_failures` under `[test]` is");
    terminal.expect("`false`");
    terminal.press("q");
    terminal.expect("accepted 1, rejected 0, skipped 2");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn fits_a_small_screen_and_scrolls() {
    let scratch = Scratch::node();
    scratch.run(&["test", "--update", "all"]);
    let sentences: Vec<_> = (1..=40).map(|number| format!("Sentence {number} wonderfully follows.")).collect();
    scratch.replace("templates/order.liquid", "has shipped", &format!("is here. {}", sentences.join(" ")));
    let mut terminal = review(&scratch, "");
    terminal.expect("1 of 1  different order/small");
    terminal.resize(24, 80);
    // The last row is drawn last.
    let shown = terminal.wait_for("24 rows", |shown| {
        let last = shown.lines().nth(23).unwrap_or_default();
        last.starts_with(" a accept  r reject  s skip  u undo  e edit") && last.contains("more rows  ? keys  q quit")
    });
    let rows: Vec<_> = shown.lines().collect();
    assert!(rows.len() == 24 && rows[0].starts_with("1 of 1  different order/small"), "{shown}");
    // Rows end where words end. The card's title is cut, and has a frame.
    for row in rows.iter().filter(|row| row.contains("follows.") && !row.contains('│')) {
        let last = row.rsplit(' ').next().unwrap();
        let is_word = ["Sentence", "wonderfully", "follows."].contains(&last) || last.parse::<u32>().is_ok();
        assert!(is_word, "{row:?}\n{shown}");
    }
    // The name stays where it is.
    for _ in 0..20 {
        terminal.press(" ");
    }
    let shown = terminal.wait_for("the end", |shown| !shown.contains("more row"));
    assert!(shown.starts_with("1 of 1  different order/small"), "{shown}");
    terminal.press("?");
    let shown =
        terminal.see(&["accept this and all that follow", "space b  scroll by pages", "press any key to go back"]);
    assert!(!shown.contains("Sentence"), "{shown}");
    // The key that closes the help decides nothing, whatever it means.
    terminal.press("a");
    terminal.see(&["1 of 1  different order/small"]);
    terminal.press("?");
    terminal.see(&["press any key to go back"]);
    terminal.press("x");
    terminal.see(&["1 of 1  different order/small"]);
    for _ in 0..20 {
        terminal.press("b");
    }
    terminal.see(&["more rows"]);
    terminal.press("a");
    terminal.expect("accepted 1, rejected 0, skipped 0");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn needs_a_terminal_that_can_draw() {
    let scratch = Scratch::node();
    let mut terminal = Terminal::start_as("dumb", &scratch, &["review"], "");
    terminal.expect("a review needs a terminal");
    assert_eq!(terminal.end(), 2);
}

#[cfg(unix)]
#[test]
fn accepts_nothing_through_a_link_out_of_the_project() {
    let (scratch, outside) = (Scratch::node(), tempfile::tempdir().unwrap());
    std::fs::create_dir(scratch.path("tests")).unwrap();
    std::os::unix::fs::symlink(outside.path(), scratch.path("tests/snapshots")).unwrap();
    let mut terminal = review(&scratch, "");
    terminal.expect("1 of 3  new hello");
    terminal.expect(PROMPT);
    terminal.press("a");
    terminal.expect("it leads out of the project");
    terminal.press("q");
    terminal.end();
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
}
