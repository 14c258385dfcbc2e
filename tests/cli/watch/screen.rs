//! `--watch` on a terminal: the full-screen display.

use std::process::Command;

use crate::scratch::Scratch;
use crate::terminal::Terminal;

fn preview(scratch: &Scratch) -> Terminal {
    let mut terminal = Terminal::start(scratch, &["preview", "--watch"], "sed -i -e s/Hello/Edited/");
    terminal.see(&["Hello Ada", "1 of 3 · hello", "q quit"]);
    terminal
}

#[test]
fn shows_the_changed_message_with_its_differences() {
    let scratch = Scratch::node();
    let mut terminal = preview(&scratch);
    scratch.replace("templates/order.liquid", "has shipped", "is here");
    // The display jumps to the changed message.
    terminal.see(&["Order 7 is here", "properties.title: \"Order 7 has shipped\" → \"Order 7 is here\"", "2 of 3"]);
    terminal.press("d");
    terminal.see_no("what changed");
    terminal.press("d");
    scratch.replace("templates/order.liquid", "{{ trigger.id }}", "{{ trigger.number }}");
    let shown = terminal.see(&["trigger.number", "not sent", "last successful render:", "Order 7 is here"]);
    assert!(shown.find("not sent") < shown.find("last successful render:"), "{shown}");
    scratch.replace("templates/order.liquid", "---\ntype", "type");
    terminal.see(&["the settings do not begin with a line", "last successful render:", "Order 7 is here"]);
    scratch.replace("templates/order.liquid", "type", "---\ntype");
    scratch.replace("templates/order.liquid", "{{ trigger.number }}", "{{ trigger.id }}!");
    let shown = terminal.see(&["Order 7! is here", "\"Order 7 is here\" → \"Order 7! is here\""]);
    assert!(!shown.contains("last successful render"), "{shown}");
    // The message of a deleted request disappears; only broken files keep theirs.
    scratch.remove("fixtures/requests/order/small.json");
    terminal.see_no("Order 7");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn prints_lines_on_dumb_terminals_and_in_formats_for_programs() {
    for (name, format) in [("dumb", "full"), ("xterm-256color", "json"), ("xterm-256color", "full")] {
        let scratch = Scratch::node();
        let mut terminal = Terminal::start_as(name, &scratch, &["preview", "--watch", "--format", format], "");
        terminal.expect("Hello Ada");
        assert_eq!(terminal.has_used_alternate_screen(), name != "dumb" && format == "full", "{name} {format}");
        terminal.press("\u{3}");
        assert_eq!(terminal.end(), 130, "{name} {format}");
    }
}

#[test]
fn keys_navigate_filter_accept_and_edit() {
    let scratch = Scratch::node();
    let mut terminal = preview(&scratch);
    terminal.press("n");
    terminal.see(&["2 of 3 · order/nothing", "not sent"]);
    terminal.press("l");
    terminal.see(&["Order  has shipped", "2 of 3 · order/nothing · lax"]);
    terminal.press("l");
    terminal.see(&["not sent"]);
    terminal.press("\u{1b}[C");
    terminal.see(&["3 of 3 · order/small"]);
    terminal.press("p");
    terminal.see(&["2 of 3"]);
    terminal.press("G");
    terminal.see(&["3 of 3"]);
    terminal.press("g");
    terminal.see(&["1 of 3"]);
    terminal.press("/");
    terminal.see(&["/_"]);
    terminal.press("SMall");
    terminal.see(&["/SMall_", "Order 7 has shipped"]);
    terminal.see_no("Hello");
    terminal.press("\r");
    terminal.see(&["1 of 1 · order/small · /SMall"]);
    terminal.press("\u{1b}");
    terminal.see(&["3 of 3 · order/small"]);
    terminal.press("g");
    terminal.see(&["Hello Ada"]);
    terminal.press("?");
    terminal.see(&["open the template in the editor"]);
    terminal.press("x");
    terminal.see(&["Hello Ada"]);
    terminal.press("a");
    terminal.see(&["accepted `tests/snapshots/hello.snap`"]);
    assert!(scratch.read("tests/snapshots/hello.snap").contains("Hello Ada"));
    terminal.press("a");
    terminal.see(&["`tests/snapshots/hello.snap` is already up to date"]);
    terminal.press("e");
    terminal.see(&["Edited Ada", "\"Hello Ada\" → \"Edited Ada\""]);
    terminal.press("j");
    terminal.see_no("hello / hello");
    terminal.press("k");
    terminal.see(&["hello / hello", "Edited Ada"]);
    terminal.press("\u{3}");
    assert_eq!(terminal.end(), 130);
}

#[test]
fn redraws_after_a_resize() {
    let scratch = Scratch::node();
    let mut terminal = preview(&scratch);
    terminal.resize(20, 50);
    let shown = terminal.wait_for("narrow card", |shown| {
        shown.lines().filter(|line| line.contains('╭')).any(|line| line.trim().chars().count() == 48)
    });
    assert!(shown.lines().count() <= 20, "{shown}");
    // The status bar fills all columns.
    assert!(shown.lines().any(|line| line.ends_with("? keys  q quit ") && line.chars().count() == 50), "{shown}");
    terminal.resize(3, 20);
    terminal.wait_for("three rows", |shown| shown.lines().count() <= 3 && shown.contains("q quit"));
    terminal.resize(1, 1);
    terminal.resize(40, 90);
    terminal.see(&["Hello Ada", "? keys  q quit"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn signals_restore_the_terminal() {
    let scratch = Scratch::node();
    for (signal, code) in [("-TERM", 143), ("-INT", 130), ("-HUP", 129), ("-QUIT", 131)] {
        let terminal = preview(&scratch);
        let killed = Command::new("kill").args([signal, &terminal.process().to_string()]).status().unwrap();
        assert!(killed.success());
        assert_eq!(terminal.end(), code, "{signal}");
    }
}

#[test]
fn shows_the_results_of_tests_and_checks() {
    let scratch = Scratch::node();
    scratch.run(&["test", "--update", "all"]);
    let mut terminal = Terminal::start(&scratch, &["test", "--watch"], "");
    terminal.see(&["tested 3: 3 unchanged"]);
    scratch.replace("templates/hello.liquid", "Hello", "Bye");
    terminal.see(&["different hello", "tested 3: 2 unchanged, 0 new, 1 different"]);
    scratch.replace("templates/order.liquid", "has shipped", "is here");
    terminal.see(&["different hello", "different order/small", "tested 3: 1 unchanged, 0 new, 2 different"]);
    scratch.run(&["accept"]);
    terminal.see(&["tested 3: 3 unchanged"]);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);

    let mut terminal = Terminal::start(&scratch, &["check", "--watch"], "");
    terminal.see(&["q quit"]);
    scratch.replace("templates/hello.liquid", "customer.name", "trigger.gone");
    terminal.see(&["trigger.gone"]);
    scratch.replace("templates/hello.liquid", "trigger.gone", "customer.name");
    terminal.see_no("trigger.gone");
    terminal.press("\u{3}");
    assert_eq!(terminal.end(), 130);
}

#[test]
fn keeps_the_last_results_while_the_project_is_missing() {
    let scratch = Scratch::node();
    let mut terminal = preview(&scratch);
    let away = scratch.root().with_extension("away");
    std::fs::rename(scratch.root(), &away).unwrap();
    // The last results are still shown.
    terminal.see(&["error: cannot read", "Hello Ada"]);
    std::fs::rename(&away, scratch.root()).unwrap();
    terminal.see_no("cannot read");
    scratch.replace("templates/hello.liquid", "Hello", "Welcome back,");
    terminal.see(&["Welcome back, Ada"]);
    // An invalid configuration file.
    scratch.write("inkproof.toml", "[nonsense");
    terminal.see(&["inkproof.toml:1"]);
    scratch.remove("inkproof.toml");
    terminal.see_no("inkproof.toml:1");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn escapes_control_characters_in_messages() {
    let scratch = Scratch::node();
    let mut terminal = preview(&scratch);
    scratch.write("templates/hello.liquid", "---\n---\n{ \"title\": \"\\u001b[2Jclear\\u001b]0;x\\u0007\" }\n");
    let shown = terminal.see(&["clear"]);
    assert!(shown.contains("order / small"), "{shown}");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}
