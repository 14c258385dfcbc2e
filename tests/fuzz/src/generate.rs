//! Random templates that are valid more often than not, and make large values out of small ones.

use inkproof::liquid::engine::row::Kind;
use inkproof::liquid::{Language, engine::filter::Filter};

/// A template under construction.
pub(crate) struct Generator<'r> {
    random: &'r mut fastrand::Rng,
    filters: Vec<&'static Filter>,
    has_latest_tags: bool,
}

const NAMES: [&str; 4] = ["w", "x", "y", "z"];
/// What the [data](super::templates) has.
const DATA: [&str; 16] = [
    "numbers",
    "strings",
    "objects",
    "nested",
    "wide",
    "long",
    "text",
    "deep",
    "mixed",
    "empty_list",
    "object",
    "nothing",
    "number",
    "flag",
    "objects.first.name",
    "missing",
];
const PROPERTIES: [&str; 6] = ["name", "n", "first", "size", "a.b", "[0]"];
const OPERATORS: [&str; 7] = ["==", "!=", "<", "<=", ">", ">=", "contains"];

impl<'r> Generator<'r> {
    pub(crate) fn new(language: &'static Language, random: &'r mut fastrand::Rng) -> Self {
        let mut filters: Vec<_> = language.filters().collect();
        filters.sort_by_key(|filter| filter.name);
        Self { random, filters, has_latest_tags: language.tag("break").is_some() }
    }

    fn pick<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.random.usize(..choices.len())]
    }

    /// A whole template.
    pub(crate) fn template(&mut self) -> String {
        let mut text = String::new();
        if self.random.u8(..3) == 0 {
            text = self.doubling();
        }
        for _ in 0..self.random.usize(1..6) {
            let node = self.node(2);
            text.push_str(&node);
        }
        text
    }

    /// A value that grows with every statement.
    fn doubling(&mut self) -> String {
        let name = self.pick(&NAMES);
        let (start, step) = match self.random.u8(..4) {
            0 => ("'ab'", format!("{name} | append: {name}")),
            1 => ("'a,b' | split: ','", format!("{name} | concat: {name}")),
            2 => ("'é&<' | prepend: ' '", format!("{name} | append: {name}")),
            _ => ("'a,b' | split: ','", format!("{name} | push: {name}")),
        };
        let times = self.random.usize(..26);
        format!("{{% assign {name} = {start} %}}{}", format!("{{% assign {name} = {step} %}}").repeat(times))
    }

    fn operand(&mut self) -> String {
        match self.random.u8(..12) {
            0..=3 => self.pick(&DATA).to_owned(),
            4..=7 => self.pick(&NAMES).to_owned(),
            8 => format!("(1..{})", [3, 100, 10_000, 1_000_000][self.random.usize(..4)]),
            9 => self.pick(&["'a'", "''", "' '", "'%Y-%m-%d'", "'é😀'", "'item.n > 1'", "'%100000d'"]).to_owned(),
            10 => {
                self.pick(&["0", "1", "-1", "2.5", "1000", "1e9", "nil", "empty", "blank", "true", "false"]).to_owned()
            }
            _ => format!("{}.{}", self.pick(&DATA), self.pick(&PROPERTIES)),
        }
    }

    fn filter(&mut self) -> String {
        let filter = self.filters[self.random.usize(..self.filters.len())];
        let mut text = format!(" | {}", filter.name);
        let optional = self.random.bool();
        let given = filter.arguments.iter().filter(|argument| !argument.is_named && (argument.is_required || optional));
        for (at, argument) in given.enumerate() {
            text.push_str(if at == 0 { ": " } else { ", " });
            let value = match (argument.name, argument.kind, self.random.u8(..6)) {
                ("expression", _, 0..5) => {
                    let (operator, operand) = (self.pick(&OPERATORS), self.operand().replace('\'', ""));
                    format!("'i {operator} {operand}'")
                }
                ("name", _, 0..5) => "'i'".to_owned(),
                ("property", _, 0..5) => format!("'{}'", self.pick(&PROPERTIES)),
                (_, Kind::Number, 0..5) => self.pick(&["0", "1", "3", "-2", "100000", "1e9"]).to_owned(),
                (_, Kind::String, 0..4) => self.pick(&["''", "'a'", "' '", "','", "'%c'", "text", "long"]).to_owned(),
                _ => self.operand(),
            };
            text.push_str(&value);
        }
        text
    }

    fn value(&mut self) -> String {
        let mut value = self.operand();
        let most = if self.random.u8(..20) == 0 { 30 } else { 3 };
        for _ in 0..self.random.usize(..most) {
            value.push_str(&self.filter());
        }
        value
    }

    fn condition(&mut self) -> String {
        let one = format!("{} {} {}", self.operand(), self.pick(&OPERATORS), self.operand());
        match self.random.u8(..8) {
            0 => format!("{one}{}", format!(" {} {one}", self.pick(&["and", "or"])).repeat(self.random.usize(..100))),
            1 => format!("{one} and {}", self.operand()),
            2 => self.operand(),
            _ => one,
        }
    }

    fn node(&mut self, depth: u8) -> String {
        if depth == 0 {
            return format!("{{{{ {} }}}}", self.value());
        }
        let inner = depth - 1;
        match self.random.u8(..16) {
            0..=4 => format!("{{{{ {} }}}}", self.value()),
            5..=7 => format!("{{% assign {} = {} %}}", self.pick(&NAMES), self.value()),
            8 => format!("{{% capture {} %}}{}{{% endcapture %}}", self.pick(&NAMES), self.node(inner)),
            9 | 10 => format!("{{% if {} %}}{}{{% else %}}b{{% endif %}}", self.condition(), self.node(inner)),
            11 => format!("{{% case {} %}}{{% when {} %}}a{{% endcase %}}", self.operand(), self.operand()),
            12 | 13 => {
                let body = if self.random.u8(..4) == 0 { String::new() } else { self.node(inner) };
                format!("{{% for {} in {} %}}{body}{{% endfor %}}", self.pick(&NAMES), self.operand())
            }
            14 => format!("{{% tablerow i in {} cols: 3 %}}{}{{% endtablerow %}}", self.operand(), self.node(inner)),
            _ if self.has_latest_tags => self
                .pick(&["{% break %}", "{% cycle text: 'a', 'b' %}", "{% increment n %}", "{% liquid echo text %}"])
                .to_owned(),
            _ => self.pick(&["{% cycle 'a', 'b' %}", "{% ifchanged %}{{ i }}{% endifchanged %}"]).to_owned(),
        }
    }
}
