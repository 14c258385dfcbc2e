//! Random templates in the forms that people write, each with clean requests and any number of payloads of the same
//! contract.

use std::fmt::Write as _;

use fastrand::Rng;

/// What a field of the data may hold.
#[derive(Clone, Debug)]
enum FieldKind {
    /// Anything that people type.
    Free,
    /// Letters and digits.
    Identifier,
    /// One of some words.
    Word(Vec<&'static str>),
    Number,
    Flag,
    /// A list of objects.
    Objects(Vec<Field>),
    /// A list of strings that people type.
    Strings,
    Object(Vec<Field>),
    /// Seconds since 1970.
    Moment,
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    kind: FieldKind,
    is_optional: bool,
}

/// A template with what is sent to it.
pub(crate) struct Generated {
    pub(crate) content: String,
    fields: Vec<Field>,
    has_zone: bool,
}

const WORDS: [&str; 5] = ["paid", "open", "void", "sent", "lost"];

/// The state of a template under construction.
struct Writer<'r> {
    random: &'r mut Rng,
    fields: Vec<Field>,
    preamble: String,
    has_zone: bool,
    names: usize,
}

impl Generated {
    /// A random template.
    pub(crate) fn new(random: &mut Rng) -> Self {
        let mut writer = Writer { random, fields: Vec::new(), preamble: String::new(), has_zone: false, names: 0 };
        let title = writer.string();
        let mut members = format!("\"title\":{title},\"body\":\"b\"");
        for at in 0..writer.random.usize(0..4) {
            if writer.random.bool() {
                let value = writer.value();
                let _ = write!(members, ",\"m{at}\":{value}");
            } else {
                members = writer.around(&members, at);
            }
        }
        let content = format!("{}{{ {members}}}", writer.preamble);
        Self { content, fields: writer.fields, has_zone: writer.has_zone }
    }

    /// Requests that look harmless: their `message_data`.
    pub(crate) fn requests(&self, random: &mut Rng) -> Vec<String> {
        (0..3)
            .map(|at| {
                // Each optional field is there once and absent once.
                let mut text = String::from("{");
                for (place, field) in self.fields.iter().enumerate() {
                    if field.is_optional && (at + place) % 3 == 0 {
                        continue;
                    }
                    let _ = write!(
                        text,
                        "{}\"{}\":{}",
                        if text.len() > 1 { "," } else { "" },
                        field.name,
                        clean(&field.kind, at, random)
                    );
                }
                text + "}"
            })
            .collect()
    }

    /// A payload within the contract that the requests show.
    pub(crate) fn payload(&self, random: &mut Rng) -> String {
        object(&self.fields, random)
    }

    /// The attributes of the customer of the requests.
    pub(crate) fn customer() -> String {
        r#"{"id":"u1","timezone":"Europe/London"}"#.to_owned()
    }

    /// The attributes of a random customer.
    pub(crate) fn random_customer(&self, random: &mut Rng) -> String {
        let zones = ["Europe/London", "Europe/Berlin", "America/New_York", "Nowhere/Else", "UTC", "x"];
        let zone = if self.has_zone { zones[random.usize(0..zones.len())] } else { zones[0] };
        format!(r#"{{"id":"u1","timezone":"{zone}"}}"#)
    }
}

/// A harmless value.
fn clean(kind: &FieldKind, at: usize, random: &mut Rng) -> String {
    match kind {
        FieldKind::Free => ["\"Ada Lovelace\"", "\"Tea for two\"", "\"Alan M. Turing\""][at].to_owned(),
        FieldKind::Identifier => ["\"A17\"", "\"x9\"", "\"b-22\""][at].to_owned(),
        FieldKind::Word(words) => format!("\"{}\"", words[at % words.len()]),
        FieldKind::Number => ["6", "2", "14"][at].to_owned(),
        FieldKind::Flag => random.bool().to_string(),
        FieldKind::Moment => (1_767_312_000 + at * 86_400).to_string(),
        FieldKind::Strings => ["[\"red wine\",\"salt\"]", "[\"tea leaves\"]", "[\"a b\",\"c\",\"d\"]"][at].to_owned(),
        FieldKind::Object(fields) => clean_object(fields, at, at == 1, random),
        FieldKind::Objects(fields) => {
            let count = [2, 1, 3][at];
            let items: Vec<_> =
                (0..count).map(|item| clean_object(fields, (at + item) % 3, item == 1, random)).collect();
            format!("[{}]", items.join(","))
        }
    }
}

fn clean_object(fields: &[Field], at: usize, is_sparse: bool, random: &mut Rng) -> String {
    let fields = fields.iter().filter(|field| !(field.is_optional && is_sparse));
    let members: Vec<_> =
        fields.map(|field| format!("\"{}\":{}", field.name, clean(&field.kind, at, random))).collect();
    format!("{{{}}}", members.join(","))
}

/// A random value.
fn any(kind: &FieldKind, random: &mut Rng) -> String {
    let pick = |texts: &[&str], random: &mut Rng| texts[random.usize(0..texts.len())].to_owned();
    match kind {
        FieldKind::Free => {
            let texts = [
                "Ada",
                "Ada Lovelace",
                "say \\\"hi\\\"",
                "a\\nb",
                "c:\\\\dir",
                "",
                " ",
                "Zoë",
                "one two three four",
                "tab\\there",
                "100%",
                "it's",
                "{{ x }}",
                "x, y",
                "long long long long long long long long long text",
            ];
            format!("\"{}\"", pick(&texts, random))
        }
        FieldKind::Identifier => format!("\"{}\"", pick(&["A17", "zz", "q-9", "Abc_1", "77"], random)),
        FieldKind::Word(_) => format!("\"{}\"", pick(&WORDS, random)),
        FieldKind::Number => {
            pick(&["0", "1", "2", "3", "7", "10", "11", "100", "-1", "-20", "0.5", "12.75", "1000000"], random)
        }
        FieldKind::Flag => random.bool().to_string(),
        FieldKind::Moment => pick(&["0", "1767312000", "1893456000", "86399"], random),
        FieldKind::Strings => {
            let items: Vec<_> = (0..random.usize(0..4)).map(|_| any(&FieldKind::Free, random)).collect();
            format!("[{}]", items.join(","))
        }
        FieldKind::Object(fields) => object(fields, random),
        FieldKind::Objects(fields) => {
            let items: Vec<_> = (0..random.usize(0..5)).map(|_| object(fields, random)).collect();
            format!("[{}]", items.join(","))
        }
    }
}

fn object(fields: &[Field], random: &mut Rng) -> String {
    let mut text = String::from("{");
    for field in fields {
        if field.is_optional && random.bool() {
            continue;
        }
        let _ =
            write!(text, "{}\"{}\":{}", if text.len() > 1 { "," } else { "" }, field.name, any(&field.kind, random));
    }
    text + "}"
}

impl Writer<'_> {
    /// A new name.
    fn name(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    /// A field of this kind, mostly a new one.
    fn field(&mut self, kind: FieldKind, is_optional: bool) -> String {
        let same = |field: &&Field| {
            std::mem::discriminant(&field.kind) == std::mem::discriminant(&kind)
                && field.is_optional == is_optional
                && !matches!(field.kind, FieldKind::Objects(_) | FieldKind::Object(_))
        };
        let known: Vec<String> = self.fields.iter().filter(same).map(|field| field.name.clone()).collect();
        if !known.is_empty() && self.random.u8(0..3) == 0 {
            return format!("trigger.{}", known[self.random.usize(0..known.len())]);
        }
        let name = self.name("f");
        self.fields.push(Field { name: name.clone(), kind, is_optional });
        format!("trigger.{name}")
    }

    fn word(&mut self) -> FieldKind {
        FieldKind::Word(WORDS[..self.random.usize(2..=3)].to_vec())
    }

    /// A list of objects with a text, a number, a flag and a word, some of them optional.
    fn objects(&mut self) -> String {
        let word = self.word();
        let is_optional = |random: &mut Rng| random.u8(0..4) == 0;
        let field = |name: &str, kind, is_optional| Field { name: name.to_owned(), kind, is_optional };
        let fields = vec![
            field("t", FieldKind::Free, is_optional(self.random)),
            field("n", FieldKind::Number, is_optional(self.random)),
            field("ok", FieldKind::Flag, is_optional(self.random)),
            field("w", word, false),
        ];
        self.field(FieldKind::Objects(fields), false)
    }

    fn is_likely(&mut self) -> bool {
        self.random.u8(0..3) > 0
    }

    /// A JSON string.
    fn string(&mut self) -> String {
        match self.random.usize(0..22) {
            14 => {
                let (list, name) = (self.objects(), self.name("y"));
                let _ = write!(
                    self.preamble,
                    "{{% capture {name} %}}{{% for i in {list} %}}{{{{ i.w }}}}{{% unless forloop.last %}}, {{% endunless %}}{{% endfor %}}{{% endcapture %}}"
                );
                format!("\"{{{{ {name} | strip }}}}\"")
            }
            15 => {
                let field = self.field(FieldKind::Free, false);
                let cleaned = "replace: '\\\\', '' | replace: '\"', '' | strip_newlines";
                let tabs = if self.random.bool() { " | normalize_whitespace" } else { "" };
                format!("\"{{{{ {field} | {cleaned}{tabs} }}}}\"")
            }
            16 => {
                let (list, kind) =
                    (self.objects(), ["item.n > 2", "item.ok", "item.w == 'open'"][self.random.usize(0..3)]);
                let name = self.name("q");
                let _ = write!(self.preamble, "{{% assign {name} = {list} | where_exp: \"item\", \"{kind}\" %}}");
                format!("\"{{{{ {name}.size }}}} of {{{{ {list} | size }}}}: {{{{ {name}[0].w }}}}\"")
            }
            17 => {
                let list = self.objects();
                format!(
                    "\"{{% if {list}.size > 1 %}}{{{{ {list}[1].w }}}}{{% else %}}{{{{ {list}[0].w }}}}{{% endif %}}\""
                )
            }
            18 => format!("\"{{{{ {} | slice: 0, 3 }}}}\"", self.field(FieldKind::Free, false)),
            19 => {
                let field = self.field(FieldKind::Strings, false);
                format!("\"{{{{ {field} | sort | first }}}}{{% if {field} contains \"salt\" %}}!{{% endif %}}\"")
            }
            20 => {
                let (one, two) = (self.field(FieldKind::Free, true), self.field(FieldKind::Free, false));
                format!(
                    "{{% if {one} %}}{{{{ {one} | append: \" \" | append: {two} | json }}}}{{% else %}}{{{{ {two} | json }}}}{{% endif %}}"
                )
            }
            21 => {
                let number = self.field(FieldKind::Number, false);
                format!(
                    "\"{{{{ {number} | currency }}}} {{{{ {number} | round: 1 }}}} {{{{ {number} | at_least: 0 }}}}\""
                )
            }
            0 => format!("\"{{{{ {} }}}}\"", self.field(FieldKind::Identifier, false)),
            1 => format!("\"Hi {{{{ {} }}}}!\"", self.field(FieldKind::Free, false)),
            2 => format!("{{{{ {} | json }}}}", self.field(FieldKind::Free, false)),
            3 => format!("\"{{{{ {} | default: \"x\" }}}}\"", self.field(FieldKind::Free, true)),
            4 => format!("{{{{ {} | default: \"x\" | json }}}}", self.field(FieldKind::Free, true)),
            5 => {
                let (field, name) = (self.field(FieldKind::Free, false), self.name("c"));
                let _ = write!(self.preamble, "{{% capture {name} %}}Hi {{{{ {field} }}}}{{% endcapture %}}");
                if self.is_likely() { format!("{{{{ {name} | json }}}}") } else { format!("\"{{{{ {name} }}}}\"") }
            }
            6 => {
                let (field, name) = (self.field(FieldKind::Free, false), self.name("p"));
                let _ = write!(self.preamble, "{{% assign {name} = {field} | split: \" \" %}}");
                let part = ["[0]", "[1]", ".first", " | last", " | first"][self.random.usize(0..5)];
                match self.random.usize(0..3) {
                    0 => format!("{{{{ {name}{part} | json }}}}"),
                    1 => format!("\"{{{{ {name}{part} }}}}\""),
                    _ => format!(
                        "{{% if {name}.size > 1 %}}{{{{ {name}{part} | json }}}}{{% else %}}\"one\"{{% endif %}}"
                    ),
                }
            }
            7 => format!("\"{{{{ {} | replace: '\"', '\\\"' }}}}\"", self.field(FieldKind::Free, false)),
            8 => format!("\"{{{{ {} | truncate: 12 | upcase }}}}\"", self.field(FieldKind::Free, false)),
            9 => {
                let field = self.field(FieldKind::Moment, false);
                if self.random.bool() {
                    self.has_zone = true;
                    format!("\"{{{{ {field} | date: \"%H:%M\", customer.timezone }}}}\"")
                } else {
                    format!("\"{{{{ {field} | date: \"%a, %b %d\", \"Europe/London\" }}}}\"")
                }
            }
            10 => format!("\"{{{{ {} | url_encode }}}}\"", self.field(FieldKind::Free, false)),
            11 => format!("\"{{{{ {} | join: \", \" }}}}\"", self.field(FieldKind::Strings, false)),
            12 => format!("\"{{{{ {} | map: \"t\" | join: \", \" }}}}\"", self.objects()),
            _ => {
                let kind = self.word();
                let field = self.field(kind, false);
                format!("\"{{% case {field} %}}{{% when \"paid\" %}}P{{% when \"open\", \"void\" %}}O{{% endcase %}}\"")
            }
        }
    }

    /// A JSON value.
    #[expect(clippy::too_many_lines, reason = "a table of forms")]
    fn value(&mut self) -> String {
        match self.random.usize(0..26) {
            17 => {
                let number = self.field(FieldKind::Number, false);
                let otherwise = if self.is_likely() { "{% else %}\"low\"" } else { "" };
                format!("{{% if {number} > 10 %}}\"high\"{{% elsif {number} >= 1 %}}\"some\"{otherwise}{{% endif %}}")
            }
            18 => {
                let (list, name) = (self.objects(), self.name("z"));
                let expression = ["item.w == 'paid'", "item.n > 1", "item.ok"][self.random.usize(0..3)];
                let _ = write!(self.preamble, "{{% assign {name} = {list} | find_exp: \"item\", \"{expression}\" %}}");
                match self.random.usize(0..3) {
                    0 => format!("{{{{ {name}.n | json }}}}"),
                    1 => format!("{{{{ {name}.n | default: 0 }}}}"),
                    _ => format!("{{% if {name} %}}{{{{ {name}.w | json }}}}{{% else %}}null{{% endif %}}"),
                }
            }
            19 => {
                let (list, name) = (self.objects(), self.name("h"));
                let _ = write!(self.preamble, "{{% assign {name} = {list} | group_by: \"w\" %}}");
                format!(
                    "{{ {{% for g in {name} %}}\"{{{{ g.name }}}}\":{{{{ g.items.size }}}}{{% unless forloop.last %}},{{% endunless %}}{{% endfor %}}}}"
                )
            }
            20 => {
                let (one, two) = (self.field(FieldKind::Flag, false), self.field(FieldKind::Flag, true));
                format!(
                    "[{{% if {one} %}}1{{% endif %}}{{% if {one} and {two} %}},{{% endif %}}{{% if {two} %}}2{{% endif %}}]"
                )
            }
            21 => {
                let (list, limit) = (self.objects(), self.random.usize(1..3));
                format!(
                    "[{{% for i in {list} %}}{{% if forloop.index > {limit} %}}{{% break %}}{{% endif %}}{{% if forloop.index > 1 %}},{{% endif %}}{{{{ i.w | json }}}}{{% endfor %}}]"
                )
            }
            22 => {
                let (list, name) = (self.objects(), self.name("k"));
                let _ = write!(self.preamble, "{{% assign {name} = {list} | map: \"n\" | compact %}}");
                format!("{{{{ {name}[0] }}}}")
            }
            23 => {
                let (field, name) = (self.field(FieldKind::Flag, false), self.name("v"));
                let _ = write!(self.preamble, "{{% if {field} %}}{{% assign {name} = 1 %}}{{% endif %}}");
                if self.random.bool() { format!("{{{{ {name} | default: 2 }}}}") } else { format!("{{{{ {name} }}}}") }
            }
            24 => {
                let (total, count) = (self.field(FieldKind::Number, false), self.field(FieldKind::Number, false));
                format!("{{{{ {total} | minus: {count} | at_least: 0 }}}}")
            }
            25 => {
                let kind = self.word();
                let (field, list) = (self.field(kind, false), self.objects());
                format!(
                    "[{{% for i in {list} %}}{{% if i.w == {field} %}}{{{{ i.n | default: 0 }}}},{{% endif %}}{{% endfor %}}0]"
                )
            }
            0 => self.string(),
            1 => {
                let kind = self.word();
                let field = self.field(kind, false);
                let otherwise = if self.is_likely() { "{% else %}3" } else { "" };
                format!("{{% case {field} %}}{{% when \"paid\" %}}1{{% when \"open\" %}}2{otherwise}{{% endcase %}}")
            }
            2 => {
                let (total, count) = (self.field(FieldKind::Number, false), self.field(FieldKind::Number, false));
                let filter = ["divided_by", "modulo", "plus", "times", "minus"][self.random.usize(0..5)];
                match self.random.usize(0..3) {
                    0 => {
                        format!("{{% if {count} > 0 %}}{{{{ {total} | {filter}: {count} }}}}{{% else %}}0{{% endif %}}")
                    }
                    _ => format!("{{{{ {total} | {filter}: {count} }}}}"),
                }
            }
            3 => format!("{{{{ {} }}}}", self.field(FieldKind::Number, false)),
            4 => format!("{{{{ {} }}}}", self.field(FieldKind::Flag, false)),
            5 => format!("{{{{ {} | default: 0 }}}}", self.field(FieldKind::Number, true)),
            6 => {
                let (field, limit) = (self.field(FieldKind::Number, false), self.random.usize(2..12));
                let otherwise = if self.is_likely() { "{% else %}2" } else { "" };
                format!("{{% if {field} > {limit} %}}1{otherwise}{{% endif %}}")
            }
            7 => {
                let (list, name) = (self.objects(), self.name("x"));
                let filter = [
                    "first",
                    "last",
                    "where: \"w\", \"paid\" | first",
                    "find: \"w\", \"paid\"",
                    "sort: \"n\" | first",
                    "where: \"ok\" | last",
                ][self.random.usize(0..6)];
                let _ = write!(self.preamble, "{{% assign {name} = {list} | {filter} %}}");
                if self.random.bool() {
                    format!("{{{{ {name}.w | json }}}}")
                } else {
                    format!("{{% if {name} %}}{{{{ {name}.w | json }}}}{{% else %}}null{{% endif %}}")
                }
            }
            8 => {
                let list = self.objects();
                let part = ["[0].w", ".first.w", "[1].w", ".last.w"][self.random.usize(0..4)];
                if self.random.bool() {
                    format!("{{{{ {list}{part} | default: \"none\" | json }}}}")
                } else {
                    format!("{{{{ {list}{part} | json }}}}")
                }
            }
            9 => format!("{{{{ {} | size }}}}", self.field(FieldKind::Strings, false)),
            10 => {
                let (list, name) = (self.objects(), self.name("s"));
                let start = if self.is_likely() { format!("{{% assign {name} = 0 %}}") } else { String::new() };
                let _ = write!(
                    self.preamble,
                    "{start}{{% for i in {list} %}}{{% assign {name} = {name} | plus: i.n %}}{{% endfor %}}"
                );
                if self.random.bool() { format!("{{{{ {name} }}}}") } else { format!("{{{{ {name} | default: 0 }}}}") }
            }
            11 => {
                let field = Field { name: "t".to_owned(), kind: FieldKind::Free, is_optional: self.random.bool() };
                let number = Field { name: "n".to_owned(), kind: FieldKind::Number, is_optional: false };
                let object = self.field(FieldKind::Object(vec![field, number]), false);
                match self.random.usize(0..4) {
                    0 => format!("{{{{ {object} | json }}}}"),
                    1 => format!("{{{{ {object}.t | json }}}}"),
                    2 => format!("{{{{ {object}.t | default: \"\" | json }}}}"),
                    _ => format!("{{{{ {object}.n }}}}"),
                }
            }
            12 => format!("{{{{ {} | sum: \"n\" }}}}", self.objects()),
            _ => self.list(),
        }
    }

    /// A JSON array made by a loop.
    fn list(&mut self) -> String {
        let list = self.objects();
        let item = match self.random.usize(0..6) {
            0 => "{{ i.t | json }}",
            1 => "\"{{ i.t }}\"",
            2 => "{{ i.w | json }}",
            3 => "{\"w\":\"{{ i.w }}\"{% if i.ok %},\"n\":1{% endif %}}",
            4 => "{{ i.n | default: 0 }}",
            _ => "{\"n\":{{ i.n | json }}}",
        };
        match self.random.usize(0..11) {
            0 => format!("[{{% for i in {list} %}}{item}{{% unless forloop.last %}},{{% endunless %}}{{% endfor %}}]"),
            1 => format!("[{{% for i in {list} %}}{{% unless forloop.first %}},{{% endunless %}}{item}{{% endfor %}}]"),
            2 => format!(
                "[{{% for i in {list} %}}{{% if i.ok %}}{{% unless forloop.first %}},{{% endunless %}}{item}{{% endif %}}{{% endfor %}}]"
            ),
            3 => format!(
                "[{{% for i in {list} %}}{{% if i.ok %}}{item}{{% unless forloop.last %}},{{% endunless %}}{{% endif %}}{{% endfor %}}]"
            ),
            4 => {
                let name = self.name("c");
                format!(
                    "[{{% assign {name} = \"\" %}}{{% for i in {list} %}}{{% if i.ok %}}{{{{ {name} }}}}{item}{{% assign {name} = \",\" %}}{{% endif %}}{{% endfor %}}]"
                )
            }
            5 => format!(
                "[{{% for i in {list} %}}{{% if i.w == \"void\" %}}{{% continue %}}{{% endif %}}{{% unless forloop.first %}},{{% endunless %}}{item}{{% endfor %}}]"
            ),
            6 => format!(
                "[{{% for i in {list} %}}{{% unless forloop.first %}},{{% endunless %}}{item}{{% if i.w == \"void\" %}}{{% break %}}{{% endif %}}{{% endfor %}}]"
            ),
            7 => format!(
                "[{{% for i in {list} %}}{item}{{% if i.n > 9 %}}{{% break %}}{{% endif %}}{{% unless forloop.last %}},{{% endunless %}}{{% endfor %}}]"
            ),
            8 => format!(
                "[{{% for i in {list} limit: 2 %}}{{% unless forloop.first %}},{{% endunless %}}{item}{{% else %}}\"none\"{{% endfor %}}]"
            ),
            9 => {
                let name = self.name("g");
                let _ = write!(self.preamble, "{{% assign {name} = {list} | where: \"w\", \"open\" %}}");
                format!("[{{% for i in {name} %}}{item}{{% unless forloop.last %}},{{% endunless %}}{{% endfor %}}]")
            }
            // A trailing comma is accepted.
            _ => format!("[{{% for i in {list} %}}{item},{{% endfor %}}]"),
        }
    }

    /// Members around others, with a comma in one of the ways that people write.
    fn around(&mut self, members: &str, at: usize) -> String {
        let kind = if self.random.bool() { FieldKind::Flag } else { FieldKind::Free };
        let is_optional = self.random.bool();
        let field = self.field(kind, is_optional);
        let other = self.field(FieldKind::Flag, false);
        match self.random.usize(0..6) {
            0 => format!("{members}{{% if {field} %}},\"a{at}\":{{{{ {field} | json }}}}{{% endif %}}"),
            1 => format!("{{% if {field} %}}\"a{at}\":{{{{ {field} | json }}}},{{% endif %}}{members}"),
            2 => format!("{members},{{% if {field} %}}\"a{at}\":{{{{ {field} | json }}}}{{% endif %}}"),
            3 => format!(
                "{members}{{% if {field} %}},\"a{at}\":1{{% endif %}}{{% if {other} %}},\"b{at}\":2{{% endif %}}"
            ),
            4 => format!(
                "{members}{{% if {field} or {other} %}},{{% endif %}}{{% if {field} %}}\"a{at}\":1{{% endif %}}{{% if {field} and {other} %}},{{% endif %}}{{% if {other} %}}\"b{at}\":2{{% endif %}}"
            ),
            _ => format!(
                "{members},{{% if {field} %}}\"a{at}\":1{{% endif %}}{{% if {other} %}},\"b{at}\":2{{% endif %}}"
            ),
        }
    }
}
