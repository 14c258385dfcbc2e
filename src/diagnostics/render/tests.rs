//! All formats on the same findings, and on hostile ones.

use super::*;
use crate::diagnostics::{Code, Diagnostics, Fix, Source, sanitize};

const UNDEFINED: Code = Code::new("undefined-variable");
const COMMA: Code = Code::new("trailing-comma");
const PLAIN: Theme = Theme { color: false, unicode: false, width: 80 };
const PRETTY: Theme = Theme { color: false, unicode: true, width: 80 };

fn drawn(format: Format, theme: Theme, diagnostics: &[Diagnostic]) -> String {
    let mut out = Vec::new();
    format.renderer(theme).render(diagnostics, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Customer.io's documented template, and the request it documents beside it.
fn documented() -> Diagnostics {
    let template = "{\n  \"title\": \"Order #{{trigger.order_number}} has shipped!\",\n}\n";
    let request = r#"{"message_data": {"order_id": "1042"}}"#;
    let template = Source::new("templates/order_shipped.liquid", template);
    let request = Source::new("fixtures/requests/order_shipped/standard.json", request);
    let undefined = Diagnostic::error(UNDEFINED, "`trigger.order_number` is not in the data")
        .primary(template.at(23..43), "the message is lost here")
        .secondary(request.at(17..37), "the data")
        .note("live rendering fails\non what is missing")
        .suggest("order_number", ["order_id"])
        .fix(Fix::new("read `order_id`").replace(31..43, "order_id"));
    let comma =
        Diagnostic::warning(COMMA, "a comma with nothing after it").primary(template.at(59..60), "").help("remove it");
    Diagnostics::from_iter([undefined, comma])
}

#[test]
fn full() {
    assert_eq!(
        drawn(Format::Full, PLAIN, &documented()),
        r#"error[undefined-variable]: `trigger.order_number` is not in the data
 --> templates/order_shipped.liquid:2:22
  |
2 |   "title": "Order #{{trigger.order_number}} has shipped!",
  |                      ^^^^^^^^^^^^^^^^^^^^ the message is lost here
  |
 ::: fixtures/requests/order_shipped/standard.json:1:18
  |
1 | {"message_data": {"order_id": "1042"}}
  |                  -------------------- the data
  |
  = note: live rendering fails
          on what is missing
  = help: did you mean `order_id`?
help: read `order_id`
  |
2 -   "title": "Order #{{trigger.order_number}} has shipped!",
2 +   "title": "Order #{{trigger.order_id}} has shipped!",
  |

warning[trailing-comma]: a comma with nothing after it
 --> templates/order_shipped.liquid:2:58
  |
2 |   "title": "Order #{{trigger.order_number}} has shipped!",
  |                                                          ^
  |
  = help: remove it
"#
    );
}

#[test]
fn full_with_unicode_lines() {
    // a wide character, a tab, an escape sequence, Windows line ends, a range over two lines
    let text = "{\r\n\t\"日本\": \"\u{1b}[31m{{ x\r\n}}\"}\r\n";
    let source = Source::new("t.liquid", text);
    let start = text.find("{{").unwrap();
    let end = text.find("}}").unwrap() + 2;
    let diagnostic = Diagnostic::error(UNDEFINED, "`x` is not in the data")
        .primary(source.at(start..end), "this output")
        .secondary(source.at(start + 3..start + 4), "`x`")
        .secondary(source.at(9999..9999), "the end");
    assert_eq!(
        drawn(Format::Full, PRETTY, &[diagnostic]),
        r#"error[undefined-variable]: `x` is not in the data
  ╭▸ t.liquid:2:14
  │
2 │       "日本": "\u{1b}[31m{{ x
  │                          ╿  ─ `x`
  │ ┏━━━━━━━━━━━━━━━━━━━━━━━━┙
  │ ┃
3 │ ┃ }}"}
  │ ┗━━┛ this output
4 │
  ╰╴  ─ the end
"#
    );
}

#[test]
fn values_with_line_breaks_stay_inside_the_frame() {
    let source = Source::new("t.liquid", "{{ x }}\n{{ y }}");
    let value = "a\nb\r\n\tc\u{202e}d";
    let diagnostic = Diagnostic::error(UNDEFINED, format!("no `{value}`"))
        .primary(source.at(0..7), format!("printed `{value}`"))
        .secondary(source.at(8..15), format!("printed `{value}` too"))
        .fix(Fix::new(format!("write `{value}`")).replace(3..4, "y"));
    assert_eq!(
        drawn(Format::Full, PRETTY, &[diagnostic]),
        r"error[undefined-variable]: no `a\nb\r\n\tc\u{202e}d`
  ╭▸ t.liquid:1:1
  │
1 │ {{ x }}
  │ ━━━━━━━ printed `a\nb\r\n\tc\u{202e}d`
2 │ {{ y }}
  │ ─────── printed `a\nb\r\n\tc\u{202e}d` too
  ╰╴
help: write `a\nb\r\n\tc\u{202e}d`
  ╭╴
1 - {{ x }}
1 + {{ y }}
  ╰╴
"
    );
}

#[test]
fn full_without_a_location() {
    let diagnostic =
        Diagnostic::info(COMMA, "nothing to see").note("a note").fix(Fix::new("edit by hand").delete(0..1));
    assert_eq!(
        drawn(Format::Full, PLAIN, &[diagnostic, Diagnostic::error(COMMA, "bare")]),
        "info[trailing-comma]: nothing to see\n |\n = note: a note\n = help: edit by hand\n\
         \nerror[trailing-comma]: bare\n"
    );
}

#[test]
fn full_shortens_long_lines() {
    let long = "z".repeat(1_000_000);
    let source = Source::new("t", format!("{long}{{{{ x }}}}{long}"));
    let at = long.len() + 3;
    let diagnostic = Diagnostic::error(UNDEFINED, "no `x`")
        .primary(source.at(at..at + 1), "here")
        .fix(Fix::new("read `y`").replace(at..at + 1, "y"));
    assert_eq!(
        drawn(Format::Full, Theme { width: 40, ..PLAIN }, &[diagnostic]),
        "\
error[undefined-variable]: no `x`
 --> t:1:1000004
  |
1 | ...zzzzz{{ x }}zzzzz...
  |            ^ here
  |
help: read `y`
  |
1 - ...zzzzz{{ x }}zzzzz...
1 + ...zzzzz{{ y }}zzzzz...
  |
"
    );
}

#[test]
fn concise() {
    let mut found = documented();
    found.push(Diagnostic::info(COMMA, "two\nlines\u{202e}"));
    assert_eq!(
        drawn(Format::Concise, PLAIN, &found),
        "\
templates/order_shipped.liquid:2:22: error[undefined-variable]: `trigger.order_number` is not in the data
templates/order_shipped.liquid:2:58: warning[trailing-comma]: a comma with nothing after it
info[trailing-comma]: two\\nlines\\u{202e}
"
    );
    assert_eq!(
        drawn(Format::Concise, Theme { color: true, ..PLAIN }, &found[2..]),
        "\u{1b}[1m\u{1b}[94minfo[trailing-comma]\u{1b}[0m: two\\nlines\\u{202e}\n"
    );
}

#[test]
fn json() {
    let source = Source::new("a.liquid", "é\n{{ x }},");
    let diagnostic = Diagnostic::error(UNDEFINED, "no \u{1b}\u{202e}x")
        .primary(source.at(6..7), "here")
        .secondary(source.at(0..2), "")
        .note("n")
        .help("h")
        .fix(Fix::new("read `y`").replace(6..7, "y"));
    let found = [diagnostic, Diagnostic::info(COMMA, "bare")];
    let first = concat!(
        r#"{"code":"undefined-variable","severity":"error","message":"no \u001b\u202ex","#,
        r#""file":"a.liquid","start":{"line":2,"column":4,"offset":6},"#,
        r#""end":{"line":2,"column":5,"offset":7},"labels":["#,
        r#"{"primary":true,"file":"a.liquid","start":{"line":2,"column":4,"offset":6},"#,
        r#""end":{"line":2,"column":5,"offset":7},"text":"here"},"#,
        r#"{"primary":false,"file":"a.liquid","start":{"line":1,"column":1,"offset":0},"#,
        r#""end":{"line":1,"column":2,"offset":2},"text":""}],"#,
        r#""notes":["n"],"help":["h"],"fix":{"title":"read `y`","edits":["#,
        r#"{"file":"a.liquid","start":{"line":2,"column":4,"offset":6},"#,
        r#""end":{"line":2,"column":5,"offset":7},"text":"y"}]}}"#,
    );
    let second = concat!(
        r#"{"code":"trailing-comma","severity":"info","message":"bare","file":null,"start":null,"#,
        r#""end":null,"labels":[],"notes":[],"help":[],"fix":null}"#,
    );
    assert_eq!(drawn(Format::Json, PLAIN, &found), format!("[\n  {first},\n  {second}\n]\n"));
    assert_eq!(drawn(Format::JsonLines, PLAIN, &found), format!("{first}\n{second}\n"));
}

#[test]
fn no_findings() {
    for (format, expected) in
        [(Format::Full, ""), (Format::Concise, ""), (Format::Json, "[]\n"), (Format::JsonLines, "")]
    {
        assert_eq!(drawn(format, PLAIN, &[]), expected, "{format}");
    }
}

#[test]
fn formats_have_names() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    assert_eq!(
        "xml".parse::<Format>().unwrap_err().to_string(),
        "`xml` is not a format; expected one of `full`, `concise`, `json`, `jsonl`, `sarif`, `junit`, \
         `github`, `gitlab`"
    );
}

/// A deterministic random number generator.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// Removes the escape sequences that only set a style.
fn without_styles(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c == ';' || c.is_ascii_digit());
        plain.push_str(rest.strip_prefix('m').expect("only styles"));
    }
    plain
}

/// No text, range or edit makes a format fail, and no control character gets through.
#[test]
fn no_input_breaks_a_format() {
    const NASTY: &[&str] = &[
        "\n",
        "\r\n",
        "\r",
        "\t",
        "\0",
        "\u{1b}[2J",
        "\u{7f}",
        "\u{80}",
        "\u{80}:1:2",
        "\u{9b}",
        "\u{202e}",
        "\u{2066}",
        "\u{feff}",
        "\u{200b}",
        "\u{200d}",
        "👩‍👩‍👧",
        "日本",
        "e\u{301}\u{301}",
        "שלום",
        "\u{e0041}",
        " ",
        "                              ",
        "{{ x }}",
        "\"",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "\u{2028}",
    ];
    let mut dice = Dice(42);
    for round in 0..1500 {
        let mut text = |most| (0..dice.roll(most)).map(|_| NASTY[dice.roll(NASTY.len())]).collect::<String>();
        let sources = [Source::new(text(3), text(60)), Source::new(text(3), text(10))];
        let words = [text(5), text(5), text(5), text(5)];
        let mut range = || {
            let start = dice.roll(sources[0].text().len() + 10);
            start..start + [0, 1, 7, 300][dice.roll(4)]
        };
        let [message, label, note, insert] = &words;
        let fix = Fix::new(message).replace(range(), insert).replace(range(), "").insert(range().start, insert);
        let mut diagnostic = Diagnostic::error(COMMA, message)
            .secondary(sources[0].at(range()), label)
            .secondary(sources[1].at(range()), "")
            .secondary(sources[0].at(range()), insert)
            .note(note)
            .help(note);
        if round % 3 > 0 {
            diagnostic = diagnostic.primary(sources[0].at(range()), label).fix(fix);
        }
        for format in Format::ALL {
            for (color, unicode, width) in [(false, true, 0), (true, false, 80)] {
                let shown = drawn(format, Theme { color, unicode, width }, &[diagnostic.clone()]);
                let ours = if color { without_styles(&shown) } else { shown };
                assert_eq!(sanitize::text(&ours), ours, "{diagnostic:?}");
                if matches!(format, Format::Concise | Format::JsonLines) {
                    assert_eq!(ours.lines().count(), 1, "{diagnostic:?}");
                }
            }
        }
    }
}

#[test]
fn sarif() {
    let text = drawn(Format::Sarif, PLAIN, &documented());
    insta::assert_snapshot!("sarif", text);
    let log: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 2);
}

#[test]
fn junit() {
    insta::assert_snapshot!("junit", drawn(Format::Junit, PLAIN, &documented()));
    let hostile = Diagnostic::error(UNDEFINED, "<a b=\"c\">&\u{1}\u{1b}[31m\nnext\u{ffff}");
    let text = drawn(Format::Junit, PLAIN, &[hostile]);
    assert!(text.contains("message=\"&lt;a b=&quot;c&quot;&gt;&amp;"), "{text}");
    assert!(!text.contains(['\u{1}', '\u{1b}', '\u{ffff}']), "{text}");
    assert!(drawn(Format::Junit, PLAIN, &[]).contains("<testcase name=\"no problems\""));
}

#[test]
fn github() {
    insta::assert_snapshot!("github", drawn(Format::Github, PLAIN, &documented()));
    let source = Source::new("a,b:c%.liquid", "x");
    let hostile = Diagnostic::info(UNDEFINED, "50 %\n::error::injected").at(source.at(0..1));
    assert_eq!(
        drawn(Format::Github, PLAIN, &[hostile]),
        "::notice title=undefined-variable,file=a%2Cb%3Ac%25.liquid,line=1,endLine=1,col=1,endColumn=2\
         ::50 %25%0A::error::injected\n"
    );
}

#[test]
fn gitlab() {
    let text = drawn(Format::Gitlab, PLAIN, &documented());
    insta::assert_snapshot!("gitlab", text);
    let twice = [documented()[1].clone(), documented()[1].clone()];
    let report: serde_json::Value = serde_json::from_str(&drawn(Format::Gitlab, PLAIN, &twice)).unwrap();
    assert_ne!(report[0]["fingerprint"], report[1]["fingerprint"]);
    assert_eq!(drawn(Format::Gitlab, PLAIN, &[]), "[]\n");
}
