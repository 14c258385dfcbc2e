//! Fixes are harmless: random contents are fixed, and every message that rendered before renders to the same
//! properties, even with data that the fixes were not tried with.

use std::fs;
use std::path::Path;

use inkproof::liquid::{Limits, Mode};
use inkproof::message::{Properties, RenderOptions};
use inkproof::project::Project;
use inkproof::rules::{JudgeOptions, fix};
use serde_json::{Map, Value, json};

const CONTENTS: u64 = 150;
const CUSTOMER: &str = r#"{"id": "user_1", "email": "ada@example.com", "first_name": "Ada"}"#;

/// Generates random contents and data.
struct Generator(fastrand::Rng);

impl Generator {
    fn pick<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.0.usize(..choices.len())]
    }

    fn interpolation(&mut self, name: &str) -> String {
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

    /// A piece of a JSON string.
    fn piece(&mut self, depth: u8) -> String {
        match self.0.u8(..if depth == 0 { 6 } else { 8 }) {
            0..=2 => {
                let name = self.name();
                self.interpolation(name)
            }
            3 => self.pick(&["Hi ", ", ", "#", " 100 % ", " {a} "]).to_owned(),
            4 => self.pick(&["\\n", "\\\"", "\\u00e9", "\\\\", "\\/"]).to_owned(),
            5 => self.pick(&["{% raw %}raw{% endraw %}", "{% comment %}\"{% endcomment %}"]).to_owned(),
            6 => format!("{{% if {} %}}{}{{% else %}}no{{% endif %}}", self.name(), self.piece(depth - 1)),
            _ => format!(
                "{{% for i in trigger.list %}}{}{}{{% endfor %}}",
                self.interpolation("i"),
                self.piece(depth - 1)
            ),
        }
    }

    /// A JSON string.
    fn string(&mut self) -> String {
        let count = self.0.u8(1..4);
        let pieces: String = (0..count).map(|_| self.piece(1)).collect();
        format!("\"{pieces}\"")
    }

    fn content(&mut self) -> String {
        let (title, body, more) = (self.string(), self.string(), self.string());
        let list = format!(
            "[{{% for i in trigger.list %}}{}{{% unless forloop.last %}},{{% endunless %}}{{% endfor %}}]",
            self.string()
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

/// Writes one request for each of `data`, named by its number.
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

/// The properties of each request's message. `None` if rendering fails.
fn messages(root: &Path) -> Vec<Option<Properties>> {
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
    fix(&project, &project.templates()[0], &project.cases(), &JudgeOptions::new(&project, render_options()))
        .map(|fixed| fixed.text)
}

#[test]
fn fixes_keep_every_message_that_rendered_and_are_idempotent() {
    let (mut count_fixed, mut count_same, mut count_repaired) = (0, 0, 0);
    for seed in 0..CONTENTS {
        let mut generator = Generator(fastrand::Rng::with_seed(seed));
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, "fixtures/customers/ada.json", CUSTOMER);
        let content = generator.content();
        write(root, "templates/t.liquid", &format!("---\n---\n{content}"));
        // Fixes are tried with the first two requests only.
        let data: Vec<_> = (0..20).map(|_| generator.data()).collect();
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
                    count_same += 1;
                    assert_eq!(Some(before), after.as_ref(), "seed {seed}\n{content}\n{text}");
                }
                (None, Some(_)) => count_repaired += 1,
                (None, None) => {}
            }
        }
    }
    assert!(
        count_fixed > CONTENTS / 2 && count_same > 100 && count_repaired > 100,
        "{count_fixed} {count_same} {count_repaired}"
    );
}
