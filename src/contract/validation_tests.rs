use super::*;

/// The violations of data, each as `line:column message (help)`.
fn violations(schema: &str, data: &str) -> Vec<String> {
    let schema = MessageSchema::read(&Source::new("schemas/a.json", schema), &|_| None).unwrap();
    let request = format!("{{\"message_data\": {data}}}");
    let problems = schema.problems(&Source::new("r.json", request), &["message_data"]);
    let shown = problems.iter().map(|problem| {
        let help: String = problem.help.iter().flat_map(|help| [" (", help, ")"]).collect();
        format!("{} {}{help}", problem.location().unwrap().start(), problem.message)
    });
    shown.collect()
}

/// A schema, and data that does not match it.
#[derive(serde::Deserialize)]
struct Case {
    schema: Json,
    data: String,
    expected: String,
}

#[test]
fn each_keyword_is_worded_and_located() {
    let mut failures = Vec::new();
    for line in include_str!("keywords.jsonl").lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let found = violations(&case.schema.to_string(), &case.data);
        if found != [case.expected.as_str()] {
            failures.push(format!("{}: {found:?}, not {:?}", case.schema, case.expected));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_violation_is_reported() {
    let schema = r#"{"type": "object", "required": ["id", "at"], "additionalProperties": false, "properties": {
        "id": {"type": "integer"}, "at": {"type": "string"}}}"#;
    assert_eq!(
        violations(schema, r#"{"id": "1", "a": 1, "b": 2}"#),
        [
            "1:18 `message_data.at` is missing, and the schema requires it",
            "1:25 expected a whole number under `message_data.id`, found `\"1\"`",
            "1:35 the schema does not allow `message_data.a`",
            "1:43 the schema does not allow `message_data.b`",
        ]
    );
}

#[test]
fn missing_data_is_an_empty_object() {
    let schema = r#"{"type": "object", "required": ["id"]}"#;
    let schema = MessageSchema::read(&Source::new("schemas/a.json", schema), &|_| None).unwrap();
    for (file, place) in [("{}", "1:1"), (r#" {"message_data": null}"#, "1:19")] {
        let problems = schema.problems(&Source::new("r.json", file), &["message_data"]);
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert_eq!(problem.location().unwrap().start().to_string(), place, "{file}");
    }
}

#[test]
fn both_forms_of_a_customer_are_compared() {
    let schema = r#"{"type": "object", "required": ["id", "plan"], "properties": {"id": {"pattern": "^u"}, "age": {"type": "integer"}}}"#;
    let schema = MessageSchema::read(&Source::new("schemas/c.json", schema), &|_| None).unwrap();
    for (file, expected) in [
        (r#"{"id": "u1", "plan": "x", "objects": {"a": [1]}}"#, vec![]),
        (
            r#"{"id": "x1", "age": "9"}"#,
            vec![
                "1:1 `customer.plan` is missing, and the schema requires it",
                "1:8 expected a string that matches `^u` under `customer.id`, found `\"x1\"`",
                "1:21 expected a whole number under `customer.age`, found `\"9\"`",
            ],
        ),
        (
            r#"{"customer": {"id": "x1", "attributes": {"plan": "x", "age": "9"}}}"#,
            vec![
                "1:21 expected a string that matches `^u` under `customer.id`, found `\"x1\"`",
                "1:62 expected a whole number under `customer.age`, found `\"9\"`",
            ],
        ),
    ] {
        let customer = Customer::read(Source::new("c.json", file)).unwrap();
        let mut problems = schema.problems_of_customer(&customer);
        problems.tidy();
        let found: Vec<_> = problems
            .iter()
            .map(|problem| format!("{} {}", problem.location().unwrap().start(), problem.message))
            .collect();
        assert_eq!(found, expected, "{file}");
    }
}

#[test]
fn data_that_is_nested_too_deeply_is_reported() {
    let data = format!("{{\"a\": {}1{}}}", "[".repeat(200), "]".repeat(200));
    assert_eq!(violations("{}", &data), ["1:18 the data is nested too deeply to be compared with its schema"]);
}
