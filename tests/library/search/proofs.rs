//! Proofs: what looks as if no data lost it, and what is proved although it looks dangerous.

use inkproof::contract::MessageSchema;
use inkproof::diagnostics::Source;
use inkproof::search::{Effort, SearchReport, Verdict};

use super::subject::{Subject, render_options};

/// What a search finds, with the keywords of a schema if there are any.
fn report(subject: &Subject, schema: &str) -> SearchReport {
    if schema.is_empty() {
        return subject.search(Effort::Normal);
    }
    let text = format!(r#"{{"type":"object",{schema}}}"#);
    subject.search_declared(&MessageSchema::read(&Source::new("schemas/t.json", text.as_str()), &|_| None).unwrap())
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of templates")]
fn nothing_is_proved_that_some_data_loses() {
    for (schema, content, requests, lost) in [
        // Numbers and booleans have no size, and nothing has a size of its size.
        (
            r#""properties":{"t":{"type":["integer","string"]}},"required":["t"]"#,
            r#"{"title":"T","body":{{ trigger.t.size | json }}}"#,
            &[r#"{"t":"ab"}"#][..],
            r#"{"t":5}"#,
        ),
        (
            r#""properties":{"t":{"anyOf":[{"type":"boolean"},{"type":"array"}]}},"required":["t"]"#,
            r#"{"title":"T","body":{{ trigger.t.length | plus: 1 | json }}}"#,
            &[r#"{"t":[]}"#],
            r#"{"t":true}"#,
        ),
        (
            "",
            r#"{"title":"T","body":{% if trigger.vip %}{{ trigger.m.size }}{% else %}1{% endif %}}"#,
            &[r#"{"vip":false,"m":2}"#],
            r#"{"vip":true,"m":2}"#,
        ),
        (
            "",
            r#"{"title":"T","body":[{% for x in trigger.l %}{% if trigger.v and x %}{{ x.length | json }}{% else %}1{% endif %},{% endfor %}1]}"#,
            &[r#"{"v":false,"l":[{"a":1}]}"#],
            r#"{"v":true,"l":[{"a":1}]}"#,
        ),
        (
            "",
            r#"{"title":"T","body":{% if trigger.vip %}{{ trigger.m.size.x | json }}{% else %}1{% endif %}}"#,
            &[r#"{"vip":false,"m":"a b"}"#],
            r#"{"vip":true,"m":"a b"}"#,
        ),
        (
            r#""properties":{"t":{"type":["string","null"]}},"required":["t"]"#,
            r#"{"title":"T","body":{{ trigger.t.size }}}"#,
            &[r#"{"t":"ab"}"#],
            r#"{"t":null}"#,
        ),
        // What one element has says nothing of another.
        (
            "",
            r#"{"title":"T","body":[{% for a in trigger.items %}{% if a.x %}{% for b in trigger.items %}{{ b.x | json }},{% endfor %}{% endif %}{% endfor %}null]}"#,
            &[r#"{"items":[{"x":1}]}"#, r#"{"items":[{}]}"#],
            r#"{"items":[{"x":1},{}]}"#,
        ),
        (
            "",
            r#"{"title":"T","body":[{% for g in trigger.groups %}{% for a in g.items %}{% if a.x %}{% for b in g.items %}{{ b.x | json }},{% endfor %}{% endif %}{% endfor %}{% endfor %}null]}"#,
            &[r#"{"groups":[{"items":[{"x":1}]}]}"#, r#"{"groups":[{"items":[{}]}]}"#],
            r#"{"groups":[{"items":[{"x":1},{}]}]}"#,
        ),
        (
            "",
            r#"{"title":"T","body":[{% if trigger.items.first.x %}{% for b in trigger.items %}{{ b.x | json }},{% endfor %}{% endif %}null]}"#,
            &[r#"{"items":[{"x":1}]}"#, r#"{"items":[{}]}"#],
            r#"{"items":[{"x":1},{}]}"#,
        ),
        // The state of a loop.
        (
            "",
            r#"{"title":"T","body":[{% for x in trigger.items %}{{ forloop.name }}{% unless forloop.last %},{% endunless %}{% endfor %}]}"#,
            &[r#"{"items":[]}"#],
            r#"{"items":[1]}"#,
        ),
        (
            "",
            r#"{"title":"T","body":[{% for x in trigger.items %}{{ forloop.idx }}{% unless forloop.last %},{% endunless %}{% endfor %}]}"#,
            &[r#"{"items":[]}"#],
            r#"{"items":[1]}"#,
        ),
        (
            "",
            r#"{"title":"T","body":[{% for x in trigger.items %}{% for y in trigger.items %}{{ forloop.parentloop.index }},{% endfor %}{% endfor %}1]}"#,
            &[r#"{"items":[]}"#],
            r#"{"items":[1]}"#,
        ),
        (
            "",
            r#"{"title":"T","body":[{% for forloop in trigger.items %}{{ forloop.index }},{% endfor %}1]}"#,
            &[r#"{"items":[]}"#],
            r#"{"items":[1]}"#,
        ),
        // What a schema says of some elements says nothing of the others.
        (
            r#""properties":{"l":{"type":"array","prefixItems":[{"type":"integer"}]}},"required":["l"]"#,
            r#"{"title":"T","body":[{% for i in trigger.l %}{{ i }}{% unless forloop.last %},{% endunless %}{% endfor %}]}"#,
            &[r#"{"l":[1]}"#],
            r#"{"l":[1,"s t"]}"#,
        ),
        (
            r#""$schema":"http://json-schema.org/draft-07/schema#","properties":{"l":{"type":"array","items":[{"type":"integer"}],"additionalItems":{"type":"string"}}},"required":["l"]"#,
            r#"{"title":"T","body":[{% for i in trigger.l %}{{ i }}{% unless forloop.last %},{% endunless %}{% endfor %}]}"#,
            &[r#"{"l":[1]}"#],
            r#"{"l":[1,"s t"]}"#,
        ),
        // In older drafts, nothing beside a reference counts.
        (
            r##""$schema":"http://json-schema.org/draft-07/schema#","definitions":{"a":{}},"properties":{"x":{"$ref":"#/definitions/a","type":"integer"}},"required":["x"]"##,
            r#"{"title":"T","body":{{ trigger.x }}}"#,
            &[r#"{"x":1}"#],
            r#"{"x":"s t"}"#,
        ),
        // Too many arguments of a filter.
        (
            "",
            r#"{"title":"T","body":{{ trigger.s | default: "x", false | json }}}"#,
            &[r#"{"s":true}"#, r#"{"s":"a b"}"#],
            r#"{"s":false}"#,
        ),
        (
            "",
            r#"{"title":"T","body":{% if trigger.vip %}{{ trigger.s | append: "a", "b" | json }}{% else %}1{% endif %}}"#,
            &[r#"{"vip":false,"s":"x"}"#],
            r#"{"vip":true,"s":"x"}"#,
        ),
    ] {
        let subject = Subject::new(content, requests, &[]);
        let payload = Subject::new(content, &[lost], &[]);
        let message = payload.compiled(|compiled| {
            compiled.render(&payload.customers[0], &payload.requests[0], &render_options()).message
        });
        assert!(message.is_none(), "{content} is not lost with {lost}");
        assert_ne!(report(&subject, schema).verdict, Verdict::Proved, "{schema} {content}");
    }
}

/// On another day, the message is another one.
#[test]
fn what_may_mean_the_moment_of_sending_is_not_proved() {
    for (schema, content) in [
        (
            r#""properties":{"w":{"const":"now"}},"required":["w"]"#,
            r#"{"title":"T","body":"b","day":{{ trigger.w | date: "%-d" }}}"#,
        ),
        (
            r#""properties":{"w":{"const":"no"}},"required":["w"]"#,
            r#"{"title":"T","body":"b","day":{{ trigger.w | append: "w" | date: "%-d" }}}"#,
        ),
    ] {
        let subject = Subject::new(content, &[r#"{"w":"now"}"#], &[]);
        assert_eq!(report(&subject, schema).verdict, Verdict::Searched, "{content}");
    }
}

#[test]
fn what_looks_dangerous_is_proved_where_nothing_can_happen() {
    for (schema, content, request) in [
        (
            "",
            r#"{"title":"T","body":"{{ trigger.items.size }} of {{ trigger.name.size }}"}"#,
            r#"{"items":[],"name":"A"}"#,
        ),
        ("", r#"{"title":"T","n":{{ trigger.items.size }},"body":"{{ trigger.items.length }}"}"#, r#"{"items":[1]}"#),
        (
            r#""properties":{"t":{"type":["string","null"]}},"required":["t"]"#,
            r#"{"title":"T","body":"{{ trigger.t.size }}"}"#,
            r#"{"t":"a"}"#,
        ),
        ("", r#"{"title":"T","body":"b","n":{{ trigger.shirt.size | json }}}"#, r#"{"shirt":{"size":"L"}}"#),
        (
            "",
            r#"{"title":"T","body":[{% for i in trigger.items %}{% if i.x %}{{ i.x | json }},{% endif %}{{ forloop.index }},{% endfor %}1]}"#,
            r#"{"items":[{"x":1},{}]}"#,
        ),
        (
            r#""properties":{"l":{"type":"array","prefixItems":[{"type":"integer"}],"items":false}},"required":["l"]"#,
            r#"{"title":"T","body":[{% for i in trigger.l %}{{ i }}{% unless forloop.last %},{% endunless %}{% endfor %}]}"#,
            r#"{"l":[1]}"#,
        ),
        (
            r#""properties":{"l":{"type":"array","prefixItems":[{"type":"integer"}],"maxItems":1}},"required":["l"]"#,
            r#"{"title":"T","body":[{% for i in trigger.l %}{{ i }}{% unless forloop.last %},{% endunless %}{% endfor %}]}"#,
            r#"{"l":[1]}"#,
        ),
        (
            r##""definitions":{"a":{}},"properties":{"x":{"$ref":"#/definitions/a","type":"integer"}},"required":["x"]"##,
            r#"{"title":"T","body":{{ trigger.x }}}"#,
            r#"{"x":1}"#,
        ),
        ("", r#"{"title":"T","body":{{ trigger.s | default: "x" | append: "a" | json }}}"#, r#"{"s":"a b"}"#),
    ] {
        let report = report(&Subject::new(content, &[request], &[]), schema);
        assert_eq!(report.verdict, Verdict::Proved, "{schema} {content}");
    }
}
