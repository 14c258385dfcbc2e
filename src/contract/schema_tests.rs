use super::*;

/// The problems in a schema, each as `file:line:column message (help)`.
fn problems(schema: &str, others: &[(&str, &str)]) -> Vec<String> {
    let file = |path: &str| others.iter().find(|(name, _)| *name == path).map(|(name, text)| Source::new(*name, *text));
    let read = MessageSchema::read(&Source::new("schemas/a.json", schema), &file);
    let problems = read.err().unwrap_or_default();
    let shown = problems.iter().map(|problem| {
        let help: String = problem.help.iter().flat_map(|help| [" (", help, ")"]).collect();
        let place = problem.location().unwrap();
        format!("{}:{} {}{help}", place.source().name(), place.start(), problem.message)
    });
    shown.collect()
}

#[test]
fn problems_have_a_location() {
    let mut failures = Vec::new();
    let elsewhere = "(nothing is fetched: put that schema into the project, and refer to it by its path)";
    for (schema, expected) in [
        ("{}", vec![]),
        ("true", vec![]),
        ("\u{feff}{}", vec![]),
        ("{\n  \"type\": }", vec!["schemas/a.json:2:11 the schema is not valid JSON: expected value".to_owned()]),
        ("[]", vec!["schemas/a.json:1:1 `schemas/a.json` is not a JSON Schema: expected an object".to_owned()]),
        (
            "{\n  \"properties\": {\"a\": {\"type\": \"strin\"}}}",
            vec![
                "schemas/a.json:2:32 `schemas/a.json` is not a valid JSON Schema: expected one of `\"array\"`, `\"boolean\"`, \
                 `\"integer\"`, `\"null\"`, `\"number\"`, `\"object\"`, `\"string\"` under `properties.a.type`, found \
                 `\"strin\"` (did you mean `string`?)"
                    .to_owned(),
            ],
        ),
        (
            r#"{"required": "id", "minLength": -1}"#,
            vec![
                "schemas/a.json:1:14 `schemas/a.json` is not a valid JSON Schema: expected a list under `required`, found \
                 `\"id\"`"
                    .to_owned(),
                "schemas/a.json:1:33 `schemas/a.json` is not a valid JSON Schema: expected at least 0 under `minLength`, \
                 found `-1`"
                    .to_owned(),
            ],
        ),
        (
            "{\n\"properties\": {\"a\": {\"$ref\": \"b.json\"}}}",
            vec![
                "schemas/a.json:2:30 the schema refers to `schemas/b.json`, which is not there (references are relative to \
                 the file that contains them)"
                    .to_owned(),
            ],
        ),
        (
            r#"{"$ref": "../../etc/passwd.json"}"#,
            vec![format!("schemas/a.json:1:10 the schema refers to `../../etc/passwd.json`, which is not inside the project {elsewhere}")],
        ),
        (
            r#"{"$ref": "https://example.com/b.json"}"#,
            vec![format!(
                "schemas/a.json:1:10 the schema refers to `https://example.com/b.json`, which is not inside the project {elsewhere}"
            )],
        ),
        (
            r#"{"$ref": "file:///etc/passwd"}"#,
            vec![format!("schemas/a.json:1:10 the schema refers to `file:///etc/passwd`, which is not inside the project {elsewhere}")],
        ),
        (
            r##"{"$ref": "#/$defs/Ordre", "$defs": {"Order": {}}}"##,
            vec![
                "schemas/a.json:1:10 the schema refers to `#/$defs/Ordre`, which is not there (did you mean `#/$defs/Order`?)"
                    .to_owned(),
            ],
        ),
        (
            r#"{"$ref": "common/broken.json"}"#,
            vec!["schemas/common/broken.json:1:1 the schema is not valid JSON: EOF while parsing an object".to_owned()],
        ),
        // An example is data.
        (r#"{"examples": [{"$ref": "nowhere.json"}], "default": {"$ref": "nowhere.json"}}"#, vec![]),
    ] {
        let found = problems(schema, &[("schemas/common/broken.json", "{")]);
        if found != expected {
            failures.push(format!("{schema}: {found:#?}, not {expected:#?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn references_lead_to_other_files() {
    let others = [
        (
            "schemas/common/money.json",
            r##"{"$id": "https://example.com/money.json", "$defs": {"Euro": {"$ref": "#/$defs/n"}, "n": {"type": "number"}}}"##,
        ),
        (
            "schemas/b c.json",
            r#"{"type": "object", "properties": {"total": {"$ref": "common/money.json#/$defs/Euro"}}}"#,
        ),
    ];
    let file = |path: &str| others.iter().find(|(name, _)| *name == path).map(|(name, text)| Source::new(*name, *text));
    for schema in [
        r#"{"$id": "https://example.com/schemas/a.json", "properties": {"total": {"$ref": "common/money.json#/$defs/Euro"}}}"#,
        r#"{"$ref": "b%20c.json"}"#,
        r#"{"allOf": [{"$ref": "common/money.json"}], "properties": {"total": {"$ref": "https://example.com/money.json#/$defs/n"}}}"#,
        // A file that contains schemas with addresses of their own.
        r#"{"properties": {"total": {"$ref": "total"}}, "$defs": {"total": {"$id": "total", "type": "number"}}}"#,
        r##"{"properties": {"total": {"$ref": "#total"}}, "$defs": {"total": {"$anchor": "total", "type": "number"}}}"##,
        r##"{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"total": {"$ref": "#/definitions/t"}}, "definitions": {"t": {"type": "number"}}}"##,
    ] {
        let schema = MessageSchema::read(&Source::new("schemas/a.json", schema), &file)
            .unwrap_or_else(|problems| panic!("{schema}: {problems:?}"));
        assert!(schema.allows(&json!({"total": 1.5})), "{schema:?}");
        assert!(!schema.allows(&json!({"total": "1.5"})), "{schema:?}");
    }
}

#[test]
fn a_fragment_of_a_file_is_a_schema() {
    let document = r##"{"openapi": "3.1.0", "paths": {"/x": {"$ref": "missing.json"}}, "components": {"schemas": {
        "Order": {"type": "object", "properties": {"lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}}},
        "Line": {"required": ["sku"]}}}}"##;
    let source = Source::new("schemas/openapi.json", document);
    let order = MessageSchema::read_fragment(&source, "/components/schemas/Order", &|_| None).unwrap();
    assert!(order.allows(&json!({"lines": [{"sku": 1}]})));
    assert!(!order.allows(&json!({"lines": [{}]})));
    assert!(order.shape().members.contains_key("lines"));
    let problems = MessageSchema::read_fragment(&source, "/components/schemas/Orders", &|_| None).unwrap_err();
    assert_eq!(problems[0].message, "`schemas/openapi.json` has nothing at `#/components/schemas/Orders`");
    assert_eq!(problems[0].help, ["did you mean `#/components/schemas/Order`?"]);
}

fn repeated(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().concat()
}

/// None of these may take long, or use up the stack.
#[test]
fn hostile_schemas_do_no_harm() {
    let wide = repeated(20, |at| format!("\"p{at}\": {{\"$ref\": \"#\"}},"));
    let chain = repeated(3000, |at| format!("\"d{at}\": {{\"$ref\": \"#/$defs/d{}\"}},", at + 1));
    let doubling = repeated(40, |at| {
        let next = format!("{{\"$ref\": \"#/$defs/d{}\"}}", at + 1);
        format!("\"d{at}\": {{\"anyOf\": [{next}, {next}]}},")
    });
    let deep = format!("{}{{}}{}", "{\"not\":".repeat(100), "}".repeat(100));
    let too_deep = format!("{}{{}}{}", "{\"not\":".repeat(100_000), "}".repeat(100_000));
    let schemas = [
        r##"{"$ref": "#"}"##.to_owned(),
        r##"{"allOf": [{"$ref": "#"}, {"not": {"$ref": "#"}}]}"##.to_owned(),
        format!(r#"{{"properties": {{{wide} "x": {{}}}}}}"#),
        format!(r##"{{"$ref": "#/$defs/d0", "$defs": {{{chain} "d3000": {{}}}}}}"##),
        format!(r##"{{"$ref": "#/$defs/d0", "$defs": {{{doubling} "d40": {{"type": "string"}}}}}}"##),
        r#"{"properties": {"a": {"pattern": "^(a+)+$"}, "b": {"pattern": "^(?=(b+)+$)(b+)+$"}}}"#.to_owned(),
        r#"{"properties": {"a": {"pattern": "((a{1000}){1000}){1000}"}}}"#.to_owned(),
        deep,
        too_deep,
    ];
    let data = json!({"a": "a".repeat(5000) + "!", "b": "b".repeat(5000) + "!", "p0": {"p1": {"p2": {}}}});
    for schema in schemas {
        let read = MessageSchema::read(&Source::new("schemas/a.json", schema.as_str()), &|_| None);
        if let Ok(read) = read {
            let _ = read.violations(&data, &[]);
        }
    }
}
