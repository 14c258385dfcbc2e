//! `schema` and `types`: what a template needs, for validators and for compilers.

use std::fs;

use serde_json::{Value as Json, json};

use super::sandbox::{Sandbox, repository, run};

fn schema(project: &Sandbox, options: &[&str]) -> Json {
    let arguments: Vec<_> = ["schema", "t"].into_iter().chain(options.iter().copied()).collect();
    let shown = project.run(&arguments);
    assert_eq!(shown.code, 0, "{shown:?}");
    serde_json::from_str(&shown.stdout).unwrap()
}

/// The schema without what is only for people.
fn bare(mut schema: Json) -> Json {
    fn without(schema: &mut Json) {
        match schema {
            Json::Object(object) => {
                object.retain(|key, _| !["$schema", "$id", "title", "description", "examples"].contains(&key.as_str()));
                object.values_mut().for_each(without);
            }
            Json::Array(items) => items.iter_mut().for_each(without),
            _ => {}
        }
    }
    without(&mut schema);
    schema
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of templates")]
fn a_schema_says_what_loses_the_message() {
    let scalar = json!(["boolean", "number", "string"]);
    for (content, data, expected) in [
        // Printed: required, of any scalar type.
        (
            r#"{"title": "{{ trigger.a }}", "body": "b"}"#,
            r#"{"a": "x"}"#,
            json!({"type": "object", "properties": {"a": {"type": scalar}}, "required": ["a"]}),
        ),
        // With a default: optional, and null is as good as nothing.
        (
            r#"{"title": "{{ trigger.a | default: 'x' }}", "body": "b"}"#,
            r#"{"a": "x"}"#,
            json!({"type": "object", "properties": {"a": {"type": ["null", "boolean", "number", "string"]}}}),
        ),
        // Without quotes: no string.
        (
            r#"{"title": "t", "body": "b", "n": {{ trigger.n }}}"#,
            r#"{"n": 1}"#,
            json!({"type": "object", "properties": {"n": {"type": ["boolean", "number"]}}, "required": ["n"]}),
        ),
        // Strings that are numbers.
        (
            r#"{"title": "t", "body": "b", "n": {{ trigger.n }}}"#,
            r#"{"n": "12.50"}"#,
            json!({"type": "object", "required": ["n"], "properties": {
                "n": {"type": ["boolean", "number", "string"], "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"},
            }}),
        ),
        // Only the strings that the template has a case for.
        (
            r#"{"title": "t", "body": "b", "n": {% case trigger.s %}{% when "paid" %}1{% when "open" %}2{% endcase %}}"#,
            r#"{"s": "paid"}"#,
            json!({"type": "object", "properties": {"s": {"type": "string", "enum": ["paid", "open"]}}, "required": ["s"]}),
        ),
        // Strings of which the requests only show some.
        (
            r#"{"title": "{{ trigger.n | currency: trigger.l, trigger.c }} {{ trigger.at | date: '%H', trigger.z }}", "body": "b"}"#,
            r#"{"n": 1, "l": "en-GB", "c": "GBP", "at": "2026-01-02T10:00:00Z", "z": "Europe/London"}"#,
            json!({
                "type": "object",
                "properties": {
                    "n": {"type": "number"},
                    "l": {"type": "string"},
                    "c": {"type": "string"},
                    "at": {"type": ["number", "string"]},
                    "z": {"type": scalar},
                },
                "required": ["n", "l", "c", "at", "z"],
            }),
        ),
        // The same if the template compares one of them.
        (
            r#"{"title": "{{ trigger.n | currency: trigger.l, trigger.c }}", "body": "{% if trigger.c == 'GBP' %}in pounds{% else %}abroad{% endif %}"}"#,
            r#"{"n": 1, "l": "en-GB", "c": "GBP"}"#,
            json!({
                "type": "object",
                "properties": {"n": {"type": "number"}, "l": {"type": "string"}, "c": {"type": "string"}},
                "required": ["n", "l", "c"],
            }),
        ),
        // Letter case makes no difference between cases.
        (
            r#"{"title": {% assign k = trigger.k | downcase %}{% case k %}{% when "yes" %}1{% when "no" %}2{% endcase %}, "body": "x"}"#,
            r#"{"k": "Yes"}"#,
            json!({"type": "object", "properties": {"k": {"type": "string", "enum": ["yes", "no", "Yes"]}}, "required": ["k"]}),
        ),
        // Only in a branch.
        (
            r#"{"title": "{% if trigger.vip %}{{ trigger.name }}{% else %}you{% endif %}", "body": "b"}"#,
            r#"{"vip": true, "name": "Ada"}"#,
            json!({
                "type": "object",
                "properties": {
                    "vip": {"type": ["null", "boolean", "number", "string"]},
                    "name": {"type": ["null", "boolean", "number", "string"]},
                },
                "allOf": [{
                    "if": {"type": "object", "required": ["vip"], "properties": {"vip": {"not": {"enum": [null, false]}}}},
                    "then": {"required": ["name"]},
                }],
            }),
        ),
        // Elements, and a branch within each.
        (
            r#"{"title": "t", "body": "{% for i in trigger.l %}{{ i.a }}{% if i.b == 'x' %}{{ i.c }}{% endif %}{% endfor %}"}"#,
            r#"{"l": [{"a": "y", "b": "x", "c": "z"}, {"a": "y", "b": "n"}]}"#,
            json!({
                "type": "object",
                "properties": {"l": {"type": "array", "items": {
                    "type": "object",
                    "properties": {
                        "a": {"type": scalar},
                        "b": {"type": ["null", "boolean", "number", "string"]},
                        "c": {"type": ["null", "boolean", "number", "string"]},
                    },
                    "required": ["a"],
                    "allOf": [{
                        "if": {"type": "object", "required": ["b"], "properties": {"b": {"const": "x"}}},
                        "then": {"required": ["c"]},
                    }],
                }}},
                "required": ["l"],
            }),
        ),
        // An element that must be there.
        (
            r#"{"title": "{{ trigger.l[0].a }}", "body": "b"}"#,
            r#"{"l": [{"a": "y"}]}"#,
            json!({
                "type": "object",
                "properties": {"l": {"type": "array", "minItems": 1, "items": {
                    "type": "object", "properties": {"a": {"type": scalar}}, "required": ["a"],
                }}},
                "required": ["l"],
            }),
        ),
    ] {
        let project = Sandbox::with_template(content, data);
        let found = bare(schema(&project, &[]));
        if found["allOf"].is_array() || content.contains("i.b") {
            // Conditions are allowed null where the branch is not taken.
            assert_eq!(found["required"], expected["required"], "{content}\n{found:#}");
            let conditions = |schema: &Json| schema["allOf"].clone();
            assert_eq!(conditions(&found), conditions(&expected), "{content}\n{found:#}");
            let elements = |schema: &Json| conditions(&schema["properties"]["l"]["items"]);
            assert_eq!(elements(&found), elements(&expected), "{content}\n{found:#}");
        } else {
            assert_eq!(found, expected, "{content}\n{found:#}");
        }
    }
}

#[test]
fn a_schema_says_where_a_value_is_read_and_what_requests_have_there() {
    let project = Sandbox::with_template(
        "{\"title\": \"{{ trigger.a }}\",\n\"body\": \"{{ trigger.a }}{% if trigger.b %}{{ trigger.c }}{% endif %}\"}",
        r#"{"a": "x", "b": true, "c": 1}"#,
    );
    let schema = schema(&project, &[]);
    assert_eq!(schema["$id"], "urn:inkproof:t:message_data");
    assert_eq!(schema["examples"], json!([{"a": "x", "b": true, "c": 1}]));
    let of = |key: &str| schema["properties"][key]["description"].as_str().unwrap();
    assert_eq!(of("a"), "Read at templates/t.liquid:3:15, 4:13. Without it, the message is lost.");
    assert_eq!(
        of("c"),
        "Read at templates/t.liquid:4:46. Without it, the message is lost if `b` is neither absent, null nor false."
    );
    assert_eq!(schema["properties"]["c"]["examples"], json!([1]));
}

#[test]
fn closed_schemas_and_those_of_customers() {
    let content = r#"{"title": "{{ trigger.a.b }} {{ customer.first_name }}", "body": "b"}"#;
    let project = Sandbox::with_template(content, r#"{"a": {"b": 1}}"#);
    let closed = schema(&project, &["--closed"]);
    assert_eq!(closed["additionalProperties"], false);
    assert_eq!(closed["properties"]["a"]["additionalProperties"], false);
    let customer = schema(&project, &["--customer"]);
    assert_eq!(customer["required"], json!(["first_name"]));
    assert_eq!(customer["$id"], "urn:inkproof:t:customer");
}

#[test]
fn several_schemas() {
    let project = Sandbox::with_template(r#"{"title": "{{ trigger.a }}", "body": "b"}"#, r#"{"a": "x"}"#)
        .file("templates/u.liquid", "---\n---\n{\"title\": \"{{ trigger.b }}\", \"body\": \"b\"}");
    let all: Json = serde_json::from_str(&project.run(&["schema", "--all"]).stdout).unwrap();
    let ids: Vec<_> = all.as_array().unwrap().iter().map(|schema| schema["$id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["urn:inkproof:t:message_data", "urn:inkproof:u:message_data"]);
    let bundle: Json = serde_json::from_str(&project.run(&["schema", "--all", "--bundle"]).stdout).unwrap();
    let validator = jsonschema::draft202012::new(&bundle).unwrap();
    assert!(validator.is_valid(&json!({"t": {"a": 1}, "u": {"b": 1}})));
    assert!(!validator.is_valid(&json!({"u": {"a": 1}})));
    let written = project.run(&["schema", "--all", "--output", "schemas"]);
    assert_eq!(written.stdout, "schemas/t.schema.json\nschemas/u.schema.json\n");
    let file = fs::read_to_string(project.path().join("schemas/u.schema.json")).unwrap();
    assert_eq!(serde_json::from_str::<Json>(&file).unwrap(), all[1]);
    for (arguments, expected) in [
        (&["schema", "tt"][..], "error: there is no template or request `tt`: the templates are `t`, `u`\n"),
        (&["schema"], "error: the following required arguments were not provided"),
    ] {
        let shown = project.run(arguments);
        assert_eq!(shown.code, 2, "{shown:?}");
        assert!(shown.stderr.contains(expected), "{shown:?}");
    }
}

#[test]
fn without_requests_data_is_made_up() {
    let content = r#"{"title": "{{ trigger.a }}", "body": "b", "n": {{ trigger.n }}, "l": {{ trigger.l | json }}}"#;
    let project = Sandbox::new().file("templates/t.liquid", format!("---\n---\n{content}"));
    let schema = schema(&project, &[]);
    assert_eq!(schema["required"], json!(["a", "n", "l"]));
    assert_eq!(schema["properties"]["n"]["type"], json!(["boolean", "number"]));
    assert!(schema["properties"]["l"]["type"].as_array().unwrap().contains(&json!("array")), "{schema}");
    let lost = Sandbox::new().file("templates/t.liquid", "---\n---\n{\"title\": \"{{ trigger.a }}\", \"body\" oops}");
    let text = self::schema(&lost, &[]);
    assert!(text["description"].as_str().unwrap().contains("No data was found"), "{text}");
    assert_eq!(text["required"], json!(["a"]));
}

#[test]
fn types_of_every_language() {
    for language in ["typescript", "python", "go", "ruby"] {
        let shown = run(&repository(), &["types", "--lang", language], "");
        assert_eq!(shown.code, 0, "{shown:?}");
        insta::assert_snapshot!(format!("types_{language}"), shown.stdout);
        let again = run(&repository(), &["types", "--lang", language, "weekly_digest"], "");
        assert!(again.stdout.contains("WeeklyDigestData") && !again.stdout.contains("OrderShipped"));
    }
}

#[test]
fn stale_types_are_detected() {
    let project = Sandbox::with_template(r#"{"title": "{{ trigger.a }}", "body": "b"}"#, r#"{"a": "x"}"#);
    let check = ["types", "--lang", "go", "--package", "messages", "--check", "types.go"];
    let missing = project.run(&check);
    assert_eq!(missing.code, 1);
    let update = "update it with `inkproof types --lang go --package messages --output types.go`\n";
    assert_eq!(missing.stderr, format!("`types.go` is not there: {update}"));
    let written = project.run(&["types", "--lang", "go", "--package", "messages", "--output", "types.go"]);
    assert_eq!((written.code, written.stdout.as_str()), (0, ""));
    assert_eq!(project.run(&check).code, 0);
    let project = project.file("templates/t.liquid", "---\n---\n{\"title\": \"{{ trigger.b }}\", \"body\": \"b\"}");
    let stale = project.run(&check);
    assert_eq!((stale.code, stale.stderr), (1, format!("`types.go` is out of date: {update}")));
    for (arguments, expected) in [
        (&["types"][..], "error: the following required arguments were not provided"),
        (&["types", "--lang", "go", "--package", "a b"], "error: `a b` cannot be the `--package`"),
        (&["types", "--lang", "python", "--package", "a"], "error: `--package` is for Go and Ruby"),
    ] {
        let shown = project.run(arguments);
        assert_eq!(shown.code, 2, "{shown:?}");
        assert!(shown.stderr.starts_with(expected), "{shown:?}");
    }
}
