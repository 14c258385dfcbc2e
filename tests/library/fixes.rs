//! Fixes do no harm: contents made by chance are fixed, and every message that was right comes out as it was, also of data
//! that the fixes were not tried with.

use std::fs;
use std::path::Path;

use inkproof::liquid::{Limits, Mode};
use inkproof::message::RenderOptions;
use inkproof::project::Project;
use inkproof::rules::fix;
use serde_json::{Map, Value, json};

const CONTENTS: u64 = 150;
const CUSTOMER: &str = r#"{"id": "user_1", "email": "ada@example.com", "first_name": "Ada"}"#;

/// Makes contents and data by chance.
struct Maker(fastrand::Rng);

impl Maker {
    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.0.usize(..texts.len())]
    }

    fn hole(&mut self, name: &str) -> String {
        let filter = self.pick(&[
            "",
            "",
            " | upcase",
            " | upcase | default: \"there\"",
            " | strip | default: 'THERE'",
            " | date: '%Y' | default: 'soon'",
            " | times: 2 | default: 0",
            " | append: trigger.b | default: 'x'",
            " | default: 'x' | capitalize",
            " | json",
        ]);
        let [left, right] = if self.0.u8(..8) == 0 { ["{{-", "-}}"] } else { ["{{", "}}"] };
        format!("{left} {name}{filter} {right}")
    }

    fn name(&mut self) -> &'static str {
        self.pick(&["trigger.a", "trigger.b", "trigger.c", "customer.first_name", "a", "trigger.list.first"])
    }

    /// A piece of a JSON text.
    fn piece(&mut self, depth: u8) -> String {
        match self.0.u8(..if depth == 0 { 6 } else { 8 }) {
            0..=2 => {
                let name = self.name();
                self.hole(name)
            }
            3 => self.pick(&["Hi ", ", ", "#", " 100 % ", " {a} "]).to_owned(),
            4 => self.pick(&["\\n", "\\\"", "\\u00e9", "\\\\", "\\/"]).to_owned(),
            5 => self.pick(&["{% raw %}raw{% endraw %}", "{% comment %}\"{% endcomment %}"]).to_owned(),
            6 => format!("{{% if {} %}}{}{{% else %}}no{{% endif %}}", self.name(), self.piece(depth - 1)),
            _ => format!("{{% for i in trigger.list %}}{}{}{{% endfor %}}", self.hole("i"), self.piece(depth - 1)),
        }
    }

    fn text(&mut self) -> String {
        let count = self.0.u8(1..4);
        let pieces: String = (0..count).map(|_| self.piece(1)).collect();
        format!("\"{pieces}\"")
    }

    fn content(&mut self) -> String {
        let (title, body, more) = (self.text(), self.text(), self.text());
        let list = format!(
            "[{{% for i in trigger.list %}}{}{{% unless forloop.last %}},{{% endunless %}}{{% endfor %}}]",
            self.text()
        );
        let comma = self.pick(&["", ","]);
        let opening = self.pick(&["", "{% assign text = 'mine' %}"]);
        format!(
            "{opening}{{\n  \"title\": {title},\n  \"body\": {body},\n  \"list\": {list},\n  \"text\": \"{{{{ text }}}}\", \"more\": {more}{comma}\n}}\n"
        )
    }

    fn value(&mut self) -> Value {
        match self.0.u8(..10) {
            0 => json!(""),
            1 => json!(false),
            2 => Value::Null,
            3 => json!(2.5),
            4 => json!("say \"hi\""),
            5 => json!({"x": 1}),
            6 => json!("2026-01-02"),
            _ => json!("a word"),
        }
    }

    fn data(&mut self) -> Value {
        let mut data = Map::new();
        for key in ["a", "b", "c"] {
            if self.0.u8(..6) > 0 {
                data.insert(key.to_owned(), self.value());
            }
        }
        let count = self.0.u8(..3);
        data.insert("list".to_owned(), (0..count).map(|_| self.value()).collect());
        Value::Object(data)
    }
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Requests by these numbers, one with each of `data`.
fn write_requests(root: &Path, data: impl Iterator<Item = Value>) {
    for (number, data) in data.enumerate() {
        let request = json!({"transactional_message_id": "t", "identifiers": {"id": "user_1"}, "message_data": data});
        write(root, &format!("fixtures/requests/t/{number}.json"), &request.to_string());
    }
}

fn render_options() -> RenderOptions {
    RenderOptions {
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        mode: Mode::Live,
        seed: Some(1),
        limits: Limits::default(),
        asks_test_send: false,
    }
}

/// The properties of every request's message.
fn messages(root: &Path) -> Vec<Option<Map<String, Value>>> {
    let project = Project::open(root).unwrap();
    let mut messages = Vec::new();
    let each = |_: &_, rendering: inkproof::message::Rendering| {
        messages.push(rendering.message.map(|message| message.properties));
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(()) = project.render(&project.cases(), &render_options(), each);
    messages
}

fn fixed(root: &Path) -> Option<String> {
    let project = Project::open(root).unwrap();
    fix(&project, &project.templates()[0], &project.cases(), &render_options()).map(|fixed| fixed.text)
}

#[test]
fn what_was_right_stays_and_fixing_again_changes_nothing() {
    let (mut count_fixed, mut count_right, mut count_mended) = (0, 0, 0);
    for seed in 0..CONTENTS {
        let mut maker = Maker(fastrand::Rng::with_seed(seed));
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, "fixtures/customers/ada.json", CUSTOMER);
        let content = maker.content();
        write(root, "templates/t.liquid", &format!("---\n---\n{content}"));
        // Fixes are tried with two of the requests; the others are new to them.
        let data: Vec<_> = (0..20).map(|_| maker.data()).collect();
        write_requests(root, data.iter().cloned());
        let before = messages(root);
        fs::remove_dir_all(root.join("fixtures/requests")).unwrap();
        write_requests(root, data[..2].iter().cloned());
        let Some(text) = fixed(root) else { continue };
        count_fixed += 1;
        write(root, "templates/t.liquid", &text);
        assert_eq!(fixed(root), None, "seed {seed}: fixed again\n{content}\n{text}");
        write_requests(root, data.into_iter());
        for (before, after) in before.iter().zip(messages(root)) {
            match (before, &after) {
                (Some(before), after) => {
                    count_right += 1;
                    assert_eq!(Some(before), after.as_ref(), "seed {seed}\n{content}\n{text}");
                }
                (None, Some(_)) => count_mended += 1,
                (None, None) => {}
            }
        }
    }
    assert!(
        count_fixed > CONTENTS / 2 && count_right > 100 && count_mended > 100,
        "{count_fixed} {count_right} {count_mended}"
    );
}
