//! Declared contracts: each keyword of JSON Schema that decides what can lose a message.

use inkproof::contract::MessageSchema;
use inkproof::diagnostics::Source;
use inkproof::search::Verdict;

use super::subject::Subject;

fn schema(text: &str, others: &'static [(&str, &str)]) -> MessageSchema {
    let file = |path: &str| others.iter().find(|(name, _)| *name == path).map(|(name, text)| Source::new(*name, *text));
    MessageSchema::read(&Source::new("schemas/order.json", text), &file).unwrap()
}

/// The verdict, and the changes of the first counterexample.
fn judged(properties: &str, content: &str, data: &[&str]) -> (Verdict, Option<String>) {
    let text = format!(r#"{{"type":"object",{properties}}}"#);
    let schema = schema(&text, &[("schemas/shared.json", r#"{"$defs":{"name":{"enum":["a","b"]}}}"#)]);
    let report = Subject::new(content, data, &[]).search_declared(&schema);
    let changes =
        |changes: &[inkproof::search::Change]| changes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    (report.verdict, report.counterexamples.first().map(|found| changes(&found.changes)))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of keywords")]
fn keywords() {
    const QUOTED: &str = r#"{"title":"{{ trigger.a }}","body":"b"}"#;
    const VALUE: &str = r#"{"title":"t","body":"b","a":{{ trigger.a }}}"#;
    let loses = |changes: &str| (Verdict::Loses, Some(changes.to_owned()));
    let proved = (Verdict::Proved, None);
    for (properties, content, data, expected) in [
        (
            r#""required":["a"],"properties":{"a":{"type":"string"}}"#,
            QUOTED,
            r#"{"a":"x"}"#,
            loses(r#"trigger.a = "say \"hi\"""#),
        ),
        (r#""required":["a"],"properties":{"a":{"type":"number"}}"#, QUOTED, r#"{"a":1}"#, proved.clone()),
        (
            r#""required":["a"],"properties":{"a":{"type":["number","null"]}}"#,
            VALUE,
            r#"{"a":1}"#,
            loses("trigger.a = null"),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"number","nullable":true}}"#,
            VALUE,
            r#"{"a":1}"#,
            loses("trigger.a = null"),
        ),
        (r#""properties":{"a":{"type":"number"}}"#, VALUE, r#"{"a":1}"#, loses("no trigger.a")),
        (r#""required":["a"],"properties":{"a":{"enum":["x","y"]}}"#, QUOTED, r#"{"a":"x"}"#, proved.clone()),
        (
            r#""required":["a"],"properties":{"a":{"enum":["x","\""]}}"#,
            QUOTED,
            r#"{"a":"x"}"#,
            loses(r#"trigger.a = "\"""#),
        ),
        (r#""required":["a"],"properties":{"a":{"const":"x"}}"#, QUOTED, r#"{"a":"x"}"#, proved.clone()),
        (
            r##""required":["a"],"properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"type":"integer"}}"##,
            QUOTED,
            r#"{"a":1}"#,
            proved.clone(),
        ),
        (
            r#""required":["a"],"properties":{"a":{"$ref":"shared.json#/$defs/name"}}"#,
            QUOTED,
            r#"{"a":"a"}"#,
            proved.clone(),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"string","pattern":"^[a-z]+$"}}"#,
            QUOTED,
            r#"{"a":"x"}"#,
            proved.clone(),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"string","format":"date"}}"#,
            QUOTED,
            r#"{"a":"2026-01-02"}"#,
            proved.clone(),
        ),
        (
            r#""required":["a","n"],"properties":{"a":{"type":"number"},"n":{"type":"number","minimum":1}}"#,
            r#"{"title":"t","body":"b","a":{{ trigger.a | divided_by: trigger.n }}}"#,
            r#"{"a":6,"n":2}"#,
            (Verdict::Searched, None),
        ),
        (
            r#""required":["a","n"],"properties":{"a":{"type":"number"},"n":{"type":"number","minimum":0}}"#,
            r#"{"title":"t","body":"b","a":{{ trigger.a | divided_by: trigger.n }}}"#,
            r#"{"a":6,"n":2}"#,
            loses("trigger.n = 0"),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"array","minItems":1,"items":{"type":"object","required":["t"],"properties":{"t":{"type":"string"}}}}}"#,
            r#"{"title":{{ trigger.a[0].t | json }},"body":"b"}"#,
            r#"{"a":[{"t":"x"}]}"#,
            (Verdict::Searched, None),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"array","items":{"type":"object","required":["t"],"properties":{"t":{"type":"string"}}}}}"#,
            r#"{"title":{{ trigger.a[0].t | json }},"body":"b"}"#,
            r#"{"a":[{"t":"x"}]}"#,
            loses("trigger.a = []"),
        ),
        (
            r#""required":["a"],"properties":{"a":{"oneOf":[{"type":"number"},{"type":"object","required":["t"],"properties":{"t":{"type":"number"}}}]}}"#,
            r#"{"title":"t","body":"b","a":{{ trigger.a.t | default: 1 }}}"#,
            r#"{"a":{"t":2}}"#,
            (Verdict::Searched, None),
        ),
        (
            r#""required":["a"],"properties":{"a":{"anyOf":[{"type":"number"},{"type":"string","maxLength":3}]}}"#,
            VALUE,
            r#"{"a":1}"#,
            loses(r#"trigger.a = "a\nb""#),
        ),
        (
            r#""required":["a"],"properties":{"a":{"if":{"type":"string"},"then":{"maxLength":0},"type":["string","number"]}}"#,
            VALUE,
            r#"{"a":1}"#,
            loses(r#"trigger.a = """#),
        ),
        (
            r#""required":["a"],"allOf":[{"properties":{"a":{"type":["number","string"]}}},{"properties":{"a":{"type":["number","null"]}}}]"#,
            VALUE,
            r#"{"a":1}"#,
            proved.clone(),
        ),
        (
            r#""additionalProperties":false,"required":["a"],"properties":{"a":{"type":"number"}}"#,
            r#"{"title":"t","body":"{{ trigger.b | default: "none" }}","a":{{ trigger.a }}}"#,
            r#"{"a":1}"#,
            proved.clone(),
        ),
        (
            r#""additionalProperties":{"type":"string"}"#,
            r#"{"title":"t","body":"{{ trigger.b | default: "none" }}"}"#,
            "{}",
            loses(r#"trigger.b = "say \"hi\"""#),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"string","pattern":"^https://"}}"#,
            QUOTED,
            r#"{"a":"https://x.y"}"#,
            loses(r#"trigger.a = "https://\"""#),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"string","pattern":"^(abc|\"d\")$"}}"#,
            QUOTED,
            r#"{"a":"abc"}"#,
            loses(r#"trigger.a = "\"d\"""#),
        ),
        (
            r#""properties":{"a":{"type":"string","pattern":"^[A-Z]{3}-\\d$"}}"#,
            r#"{"title":{% if trigger.a %}1 1{% else %}1{% endif %},"body":"b"}"#,
            "{}",
            loses(r#"trigger.a = "AAA-1""#),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"number","minimum":1,"maximum":10}}"#,
            r#"{"title":"t","body":"b","a":{{ trigger.a }}.00}"#,
            r#"{"a":3}"#,
            loses("trigger.a = 1.5"),
        ),
        // What is declared elsewhere is declared.
        (
            r##""required":["a"],"properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"type":"object","required":["t"],"properties":{"t":{"type":"string"}}}}"##,
            r#"{"title":"{{ trigger.a.t }}","body":"b"}"#,
            r#"{"a":{"t":"x"}}"#,
            loses(r#"trigger.a.t = "say \"hi\"""#),
        ),
        (
            r#""required":["a"],"properties":{"a":{"anyOf":[{"type":"object","required":["t"],"properties":{"t":{"type":"string"}}},{"type":"null"}]}}"#,
            r#"{"title":"{% if trigger.a %}{{ trigger.a.t }}{% endif %}","body":"b"}"#,
            r#"{"a":{"t":"x"}}"#,
            loses(r#"trigger.a.t = "say \"hi\"""#),
        ),
        // What is required is there although the template does not read it.
        (
            r#""properties":{"a":{"type":"object","required":["y"],"properties":{"y":{"type":"number"}}}}"#,
            r#"{"title":{% if trigger.a %}1 1{% else %}1{% endif %},"body":"b"}"#,
            "{}",
            loses(r#"trigger.a = {"y":1}"#),
        ),
        (
            r#""required":["b"],"properties":{"b":{"type":"boolean"},"c":{"type":"number"}},"if":{"properties":{"b":{"const":true}}},"then":{"required":["c"]}"#,
            r#"{"title":{% if trigger.b %}1 1{% else %}1{% endif %},"body":"b"}"#,
            r#"{"b":false}"#,
            loses("trigger.b = true, trigger.c = 1"),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"array","items":{"type":"object","required":["n"],"properties":{"t":{"type":"string"},"n":{"type":"number"}}}}}"#,
            r#"{"title":"t","body":"b","l":[{% for x in trigger.a %}{{ x.t | json }},{% endfor %}]}"#,
            r#"{"a":[]}"#,
            loses(r#"trigger.a = [{"n":1}]"#),
        ),
        (
            r#""oneOf":[{"required":["k","x"],"properties":{"k":{"const":"a"},"x":{"type":"number"}}},{"required":["k","z"],"properties":{"k":{"const":"b"},"z":{"type":"number"}},"additionalProperties":false}]"#,
            r#"{"title":{% if trigger.k == "b" %}1 1{% else %}1{% endif %},"body":"b"}"#,
            r#"{"k":"a","x":1}"#,
            loses(r#"trigger.k = "b", no trigger.x, trigger.z = 1"#),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"array","items":{"type":"object","required":["u","d","n"],"properties":{"u":{"type":"string","format":"uri"},"d":{"type":"string","format":"date-time"},"n":{"type":"string","minLength":9},"t":{"type":"string"}}}}}"#,
            r#"{"title":"t","body":"b","l":[{% for x in trigger.a %}{{ x.t | json }},{% endfor %}]}"#,
            r#"{"a":[]}"#,
            loses(
                r#"trigger.a = [{"d":"2031-12-31T23:59:59Z","n":"xxxxxxxxx","u":"https://example.com/zq?a=1&b=%20"}]"#,
            ),
        ),
        // What `$ref` leads to may be an object of objects.
        (
            r##""required":["o"],"properties":{"o":{"$ref":"#/$defs/o"}},"$defs":{"o":{"type":"object","required":["p"],"properties":{"p":{"$ref":"#/$defs/p"}}},"p":{"type":"object","required":["q"],"properties":{"q":{"type":"object","required":["n"],"properties":{"n":{"type":["number","null"]}}}}}}"##,
            r#"{"title":{{ trigger.o.p.q.n }},"body":"b"}"#,
            r#"{"o":{"p":{"q":{"n":1}}}}"#,
            loses("trigger.o.p.q.n = null"),
        ),
        (
            r#""unevaluatedProperties":false,"allOf":[{"required":["a"],"properties":{"a":{"type":["number","null"]}}}]"#,
            VALUE,
            r#"{"a":1}"#,
            loses("trigger.a = null"),
        ),
        // Keys that a schema does not describe do not make data unlike any.
        (
            r##""required":["l","n"],"properties":{"n":{"type":["number","null"]},"l":{"type":"array","items":{"$ref":"#/$defs/i"}}},"$defs":{"i":{"type":"object"}}"##,
            r#"{"title":{% if trigger.l.size == 1 %}{{ trigger.n }}{% else %}1{% endif %},"body":"b"}"#,
            r#"{"n":1,"l":[{"k":"a"},{"k":"b"}]}"#,
            loses(r#"trigger.n = null, trigger.l = [{"k":"a"}]"#),
        ),
        // No string can be made for a pattern that looks ahead, so that others are tried.
        (
            r#""required":["l"],"properties":{"l":{"type":"array","items":{"type":"string","pattern":"^(?!x).*$"}}}"#,
            r#"{"title":"{% for i in trigger.l %}{{ i.x }}{% endfor %}","body":"b"}"#,
            r#"{"l":[]}"#,
            loses(r#"trigger.l = ["%"]"#),
        ),
        // Data that is made up keeps to patterns, and leaves out what is optional and not read.
        (
            r#""required":["l"],"properties":{"s":{"type":"string"},"a":{"type":"string","pattern":"^\\d{4}$"},"l":{"type":"array","items":{"type":"object","properties":{"n":{"type":"string"}},"additionalProperties":false}}}"#,
            r#"{"title":"{{ trigger.a | default: "x" }}","body":"{{ trigger.l | has: "n", "" }}"}"#,
            r#"{"l":[]}"#,
            loses("trigger.l = [{}]"),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"string","pattern":"^[^\"\\\\\\n\\r\\t]*$"}}"#,
            QUOTED,
            r#"{"a":"x"}"#,
            loses(r#"trigger.a = "\u0001""#),
        ),
        // Years before 1000 begin with a zero.
        (
            r#""required":["a"],"properties":{"a":{"type":"string","format":"date-time"}}"#,
            r#"{"title":"t","body":"b","a":{{ trigger.a | date: "%Y" }}}"#,
            r#"{"a":"2026-01-02T10:00:00Z"}"#,
            loses(r#"trigger.a = "0001-01-01T00:00:00Z""#),
        ),
        // Nothing but separators, as many as are demanded.
        (
            r#""required":["a"],"properties":{"a":{"type":"string","minLength":3}}"#,
            r#"{"title":"t","body":"b","a":{{ trigger.a | split: "," | last | json }}}"#,
            r#"{"a":"1,2"}"#,
            loses(r#"trigger.a = ",,,""#),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"string","minLength":2}}"#,
            r#"{"title":"T","body":{{ trigger.a | split: " " | first | json }}}"#,
            r#"{"a":"a b"}"#,
            loses(r#"trigger.a = "  ""#),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"string","pattern":"^.{0,3}$"}}"#,
            r#"{"title":"T","body":{{ trigger.a | url_decode | json }}}"#,
            r#"{"a":"a b"}"#,
            loses(r#"trigger.a = "%""#),
        ),
        // As long as the template asks.
        (
            r#""required":["a"],"properties":{"a":{"type":"string","pattern":"^[a-z]+$"}}"#,
            r#"{"title":"T","body":{% if trigger.a.size > 10 %}x{% else %}1{% endif %}}"#,
            r#"{"a":"abc"}"#,
            loses(r#"trigger.a = "aaaaaaaaaaa""#),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"array","items":{"type":"string","format":"uuid"},"uniqueItems":true}}"#,
            r#"{"title":"T","body":[{% for x in trigger.a offset: 1 %}z{% endfor %}]}"#,
            r#"{"a":["123e4567-e89b-12d3-a456-426614174000"]}"#,
            loses(r#"trigger.a = ["123e4567-e89b-12d3-a456-426614174000","00000000-0000-4000-8000-000000000000"]"#),
        ),
        (
            r#""required":["a"],"properties":{"a":{"type":"array","items":{"type":"boolean"},"uniqueItems":true}}"#,
            r#"{"title":"T","body":[{% for x in trigger.a offset: 1 %}z{% endfor %}]}"#,
            r#"{"a":[true]}"#,
            loses("trigger.a = [true,false]"),
        ),
        (
            r#""required":["a","k"],"properties":{"k":{"enum":["a","b"]}},"if":{"properties":{"k":{"const":"a"}}},"then":{"properties":{"a":{"type":"integer"}}},"else":{"properties":{"a":{"type":"string"}}}"#,
            VALUE,
            r#"{"a":1,"k":"a"}"#,
            loses(r#"trigger.a = "x", trigger.k = "b""#),
        ),
        (
            r#""required":["a"],"properties":{"a":{}},"if":{"properties":{"a":{"type":"number"}}},"else":{"properties":{"a":{"type":"boolean"}}}"#,
            VALUE,
            r#"{"a":1}"#,
            proved.clone(),
        ),
        // Keys that are not named.
        (
            r#""required":["d"],"properties":{"d":{"type":"object","additionalProperties":{"type":"string"}}}"#,
            r#"{"title":"{% for p in trigger.d %}{{ p[1] }}{% endfor %}","body":"b"}"#,
            r#"{"d":{"a":"x"}}"#,
            loses(r#"trigger.d.another = "say \"hi\"""#),
        ),
        (
            r#""required":["d"],"properties":{"d":{"type":"object","additionalProperties":{"type":"number"}}}"#,
            r#"{"title":"{% for p in trigger.d %}{{ p[0] }}{% endfor %}","body":"b"}"#,
            r#"{"d":{"a":1}}"#,
            loses(r#"trigger.d["say \"hi\""] = 1"#),
        ),
    ] {
        // What is tried first may change; that something is found may not.
        let (verdict, changes) = judged(properties, content, &[data]);
        assert_eq!(verdict, expected.0, "{properties} {content}: {changes:?}");
        if let Some(expected) = expected.1 {
            assert_eq!(changes.as_deref(), Some(expected.as_str()), "{properties} {content}");
        }
    }
}

/// Each of them doubles the kinds of objects that there are.
#[test]
fn many_conditions_forget_nothing() {
    let keys = || ('a'..='p').map(String::from);
    let properties = keys().map(|key| format!(r#""{key}":{{"type":"integer"}}"#)).collect::<Vec<_>>().join(",");
    let condition = |key: String| {
        format!(
            r#"{{"if":{{"properties":{{"{key}":{{"minimum":5}}}}}},"then":{{"properties":{{"{key}":{{"maximum":9}}}}}}}}"#
        )
    };
    let conditions = keys().map(condition).collect::<Vec<_>>().join(",");
    let required = keys().map(|key| format!("{key:?}")).collect::<Vec<_>>().join(",");
    let schema = format!(r#""properties":{{{properties}}},"required":[{required}],"allOf":[{conditions}]"#);
    let data = format!("{{{}}}", keys().map(|key| format!(r#""{key}":1"#)).collect::<Vec<_>>().join(","));
    let printed = keys().map(|key| format!(r#""{key}":{{{{ trigger.{key} }}}}"#)).collect::<Vec<_>>().join(",");
    let content = format!(r#"{{"title":"t","body":"b",{printed}}}"#);
    assert_eq!(judged(&schema, &content, &[&data]), (Verdict::Proved, None));
}

#[test]
fn data_is_made_up_where_no_request_shows_any() {
    let schema = schema(
        r#"{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"gift":{"type":"boolean"}}}"#,
        &[],
    );
    let content = r#"{"title":{{ trigger.name | json }},"body":"{% if trigger.gift %}"{% endif %}"}"#;
    let report = Subject::new(content, &[], &[]).search_declared(&schema);
    assert_eq!(report.verdict, Verdict::Loses);
    assert!(report.counterexamples[0].trigger.contains(r#""gift":true"#), "{:?}", report.counterexamples[0].trigger);
}
