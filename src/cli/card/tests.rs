//! For any message, the card is a box of even width that writes no terminal control except its own styles and links.

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::cli::terminal::Colors;
use crate::diagnostics::{Code, Diagnostic, Theme, sanitize};

fn capabilities(width: usize, colors: Colors) -> TerminalCapabilities {
    TerminalCapabilities {
        theme: Theme { color: true, unicode: true, width },
        colors,
        hyperlinks: false,
        isolates: false,
    }
}

fn message(properties: Map<String, Value>) -> Message {
    Message {
        kind: "order".to_owned(),
        topics: vec!["orders".to_owned(), "shipping".to_owned()],
        sent_at: Timestamp::from_second(1_767_225_600).unwrap(),
        expiry: Timestamp::from_second(1_767_225_600 + 86_400 * 3).unwrap(),
        properties: properties.into(),
    }
}

fn properties(value: Value) -> Map<String, Value> {
    let Value::Object(properties) = value else { panic!("expected an object: {value}") };
    properties
}

fn lines(message: &Message, capabilities: TerminalCapabilities) -> Vec<StyledLine> {
    let problems = Diagnostics::new();
    card(Some(message), &problems, capabilities).lines()
}

fn card<'a>(message: Option<&'a Message>, problems: &'a Diagnostics, capabilities: TerminalCapabilities) -> Card<'a> {
    Card {
        template: "order_shipped",
        request: "order_shipped/standard",
        language: None,
        name: Some("Ada Lovelace"),
        identifier: "user_123",
        send_status: crate::project::SendStatus::default(),
        message,
        problems,
        expression_colors: None,
        capabilities,
    }
}

/// The card as plain text.
fn drawn(value: Value, width: usize) -> String {
    let lines = lines(&message(properties(value)), capabilities(width, Colors::None));
    lines.iter().flat_map(|line| [line.text(), "\n"]).collect()
}

#[test]
fn says_that_a_message_has_no_title() {
    for (value, expected) in [
        (json!({"titel": "x"}), "no `title`: did you mean `titel`?"),
        (json!({"heading": "x"}), "no `title`: did you mean `heading`?"),
        (json!({"text": "x"}), "no `title`"),
    ] {
        let first = drawn(value, 80);
        let first = first.lines().nth(2).unwrap();
        assert!(first.contains(&format!("{expected}  ")), "{first}");
    }
    assert!(!drawn(json!({"title": "", "titel": "x"}), 80).contains("no `title`"));
}

#[test]
fn shows_the_language() {
    let problems = Diagnostics::new();
    let german = Card { language: Some("de"), ..card(None, &problems, capabilities(80, Colors::None)) };
    assert!(german.lines()[0].text().starts_with("  order_shipped / standard · de"), "{}", german.lines()[0].text());
}

/// Removes the escape sequences that a card may write: colours, and links to printable URLs. Panics on any other.
fn without_our_sequences(mut shown: &str) -> String {
    let mut rest = String::new();
    while let Some(at) = shown.find('\u{1b}') {
        rest.push_str(&shown[..at]);
        shown = &shown[at..];
        let end = if let Some(color) = shown.strip_prefix("\u{1b}[") {
            let end = color.find(|c: char| !c.is_ascii_digit() && c != ';').expect("an end");
            assert!(color[end..].starts_with('m'), "no colour: {shown:?}");
            "\u{1b}[".len() + end + 1
        } else {
            let link = shown.strip_prefix("\u{1b}]8;;").unwrap_or_else(|| panic!("a foreign sequence: {shown:?}"));
            let end = link.find('\u{1b}').expect("an end");
            assert!(link[..end].bytes().all(|byte| byte.is_ascii_graphic()), "no address: {shown:?}");
            assert!(link[end..].starts_with("\u{1b}\\"), "no end: {shown:?}");
            "\u{1b}]8;;".len() + end + 2
        };
        shown = &shown[end..];
    }
    rest.push_str(shown);
    rest
}

/// Asserts that lines contain no other terminal control, and that the lines of the box have the same width.
fn assert_harmless(lines: &[StyledLine], capabilities: TerminalCapabilities) {
    let mut widths = Vec::new();
    let mut in_box = false;
    for line in lines {
        let shown = without_our_sequences(&line.to_string());
        assert_eq!(shown.matches('\u{2068}').count(), shown.matches('\u{2069}').count(), "{shown:?}");
        assert!(capabilities.isolates || !shown.contains(['\u{2068}', '\u{2069}']), "{shown:?}");
        let own = shown.replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(sanitize::line(&own), own, "{shown:?}");
        in_box |= shown.starts_with(" ╭") || shown.starts_with(" +-");
        if in_box {
            widths.push(line::columns(&shown));
        }
    }
    let width = capabilities.theme.width.clamp(MIN_WIDTH, MAX_WIDTH) - 1;
    assert!(widths.iter().all(|own| *own == width), "{widths:?} are not all {width}");
}

/// Strings that are difficult for terminals.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[a-z ]{1,30}",
        "\\PC{0,20}",
        prop::sample::select(vec![
            "\u{1b}[31m",
            "\u{1b}]8;;http://x\u{1b}\\",
            "\u{9b}2J",
            "\u{7}",
            "\r\n",
            "\n",
            "\t",
            "\0",
            "\u{202e}",
            "\u{2066}",
            "\u{2069}",
            "\u{2068}",
            "\u{200b}",
            "\u{200d}",
            "\u{feff}",
            "\u{301}",
            "\u{fe0f}",
            "\u{fe0e}",
            "\u{20e3}",
            "👨‍👩‍👧‍👦",
            "🏳️‍🌈",
            "🇩🇪",
            "🇩",
            "👍🏽",
            "漢字",
            "ｗ",
            "שלום",
            "مرحبا",
            "لا",
            "١٢٣",
            "क्षि",
            "กำ",
            "\u{1160}",
            "\u{115f}",
            "각",
            "\u{3164}",
            "\u{ad}",
            "\u{2028}",
            "https://x.example/ä?q=1",
            "http://",
            "app://x",
            "mailto:a@b.example",
            "{{ x }}",
        ])
        .prop_map(str::to_owned),
        ("\\PC", 1..300_usize).prop_map(|(text, count)| text.repeat(count)),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        text(),
        prop::sample::select(vec![
            "link",
            "cta_url",
            "cta_label",
            "image",
            "alt",
            "url",
            "label",
            "buttons",
            "title",
            "body"
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        text().prop_map(Value::from),
        text().prop_map(|text| format!("https://x.example/{text}").into()),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(4, 30, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((name.clone(), inner), 0..5).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_capabilities() -> impl Strategy<Value = TerminalCapabilities> {
    let colors = prop::sample::select(vec![Colors::None, Colors::Sixteen, Colors::Many, Colors::All]);
    (0..250_usize, any::<[bool; 3]>(), colors).prop_map(|(width, [unicode, hyperlinks, isolates], colors)| {
        TerminalCapabilities { theme: Theme { color: true, unicode, width }, colors, hyperlinks, isolates }
    })
}

proptest! {
    #[test]
    fn no_string_affects_the_terminal(
        names in vec(text(), 4),
        kind in text(),
        topics in vec(text(), 0..4),
        title in text(),
        body in text(),
        others in vec((text(), value()), 0..5),
        known in vec((prop::sample::select(vec!["link", "cta_url", "cta", "image", "buttons", "cta_label"]), value()), 0..5),
        capabilities in any_capabilities(),
    ) {
        let mut properties: Map<String, Value> = others.into_iter().collect();
        properties.extend(known.into_iter().map(|(name, value)| (name.to_owned(), value)));
        properties.insert("title".to_owned(), title.into());
        properties.insert("body".to_owned(), body.into());
        let message = Message { kind, topics, ..message(properties) };
        let mut problems = Diagnostics::new();
        problems.push(Diagnostic::error(Code::new("invalid-json"), names[0].clone()).help(names[1].clone()));
        let named = Card {
            template: &names[0],
            request: &names[1],
            name: Some(&names[2]),
            identifier: &names[3],
            ..card(Some(&message), &problems, capabilities)
        };
        assert_harmless(&named.lines(), capabilities);
        assert_harmless(&Card { message: None, ..named }.lines(), capabilities);
        for line in brief(&problems, capabilities.theme.width, capabilities) {
            assert_harmless(&[line], capabilities);
        }
    }

    #[test]
    fn wrapped_lines_fit_and_keep_all_words(text in text(), width in 2..120_usize) {
        let mut paragraph = Paragraph::default();
        paragraph.push(PLAIN, &text);
        let Wrapped { lines, omitted } = paragraph.wrap(width, usize::MAX);
        prop_assert_eq!(omitted, 0);
        for line in &lines {
            // A single cluster may be wider than a narrow line.
            let clusters = unicode_segmentation::UnicodeSegmentation::graphemes(line.text(), true).count();
            prop_assert!(line.columns() <= width || clusters == 1, "{:?} is wider than {}", line, width);
        }
        let without_blanks = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let shown: String = lines.iter().map(StyledLine::text).collect();
        let harmless = sanitize::text(&text).replace('\t', "    ");
        let whole: String = harmless.split('\n').map(|line| StyledLine::default().with(PLAIN, line).text().to_owned()).collect();
        prop_assert_eq!(without_blanks(&shown), without_blanks(&whole));
    }
}

#[test]
fn cuts_very_long_strings() {
    // Each of the eight strings alone has a third of the bytes that the whole card may have.
    let long = |text: &str| text.repeat((1 << 17) / text.len());
    for text in ["x", "漢", "word ", "\n", "\u{301}", "👨‍👩‍👧‍👦", "\u{1b}", "https://x.example/a ", "شيء "].map(long)
    {
        let list: Vec<_> = (0..5_000).map(|number| json!({ "n": number, "text": "abc" })).collect();
        let value = json!({
            "title": text, "body": text, "link": format!("https://x.example/{text}"), "image": format!("https://x.example/{text}"),
            "cta_url": "https://x.example", "cta_label": text, "other": text, text.clone(): text, "list": list,
        });
        let message = Message { kind: text.clone(), topics: vec![text.clone(); 3], ..message(properties(value)) };
        let capabilities = TerminalCapabilities { hyperlinks: true, isolates: true, ..capabilities(80, Colors::All) };
        let lines = lines(&message, capabilities);
        assert_harmless(&lines, capabilities);
        let bytes: usize = lines.iter().map(|line| line.to_string().len()).sum();
        assert!(lines.len() < 150 && bytes < 400_000, "{} lines, {bytes} bytes", lines.len());
    }
}

#[test]
fn counts_omitted_characters_and_values() {
    let shown = drawn(json!({ "title": "t", "body": "word ".repeat(5_000), "list": vec![1; 5_000] }), 80);
    assert!(shown.contains(" more characters; `inkproof render` prints everything"), "{shown}");
    assert!(shown.contains(" more values; `inkproof render` prints everything"), "{shown}");
    let all = drawn(
        json!({ "title": "t", "body": "word ".repeat(100), "list": { "a": [1, { "b": [] }], "c": "x".repeat(70) } }),
        80,
    );
    assert!(!all.contains("more"), "{all}");
}

#[test]
fn isolates_right_to_left_text() {
    let message = message(properties(json!({ "title": "שלום עולם", "body": "مرحبا", "note": "שלום" })));
    let capabilities = TerminalCapabilities { isolates: true, ..capabilities(60, Colors::None) };
    let text: Vec<_> = lines(&message, capabilities).iter().map(|line| line.text().to_owned()).collect();
    assert!(text[2].starts_with(" │ ●  \u{2068}שלום עולם\u{2069} "), "{:?}", text[2]);
    assert!(text[3].starts_with(" │    \u{2068}مرحبا\u{2069} "), "{:?}", text[3]);
}

#[test]
fn writes_hyperlinks_only_if_the_terminal_supports_them() {
    let message = message(properties(json!({
        "title": "t", "body": "see https://x.example/é.", "cta_url": "app://home", "cta_label": "Go",
    })));
    let shown = |hyperlinks| {
        let capabilities = TerminalCapabilities { hyperlinks, ..capabilities(80, Colors::Sixteen) };
        lines(&message, capabilities).iter().map(ToString::to_string).collect::<String>()
    };
    assert_eq!(shown(true).matches("\u{1b}]8;;https://x.example/%C3%A9\u{1b}\\").count(), 1, "{}", shown(true));
    assert!(!shown(true).contains("8;;app:") && !shown(false).contains("\u{1b}]8"));
}

#[test]
fn draws_cards_at_several_widths() {
    let value = json!({
        "title": "Order #1042 👨‍👩‍👧‍👦 has shipped 漢字!",
        "body": "Track your order here: https://track.example.com/orders/1042?source=inbox\n\nשלום, e\u{301}te\u{301} 🇩🇪",
        "cta_label": "Track parcel", "cta_url": "https://track.example.com/orders/1042?source=inbox",
        "image_url": "https://cdn.example.com/parcels/hero.png?w=600",
        "order": { "number": 1042, "lines": [{ "sku": "AB-1", "price": 9.5 }, { "sku": "CD-2", "price": null }], "gift": true },
        "note": "a \"quoted\" text\u{202e} that goes over more than one line, since it has so many words in it, one after the other",
    });
    let all: Vec<_> = [24, 40, 60, 80, 120].into_iter().map(|width| drawn(value.clone(), width)).collect();
    insta::assert_snapshot!("widths", all.join("\n"));
}
