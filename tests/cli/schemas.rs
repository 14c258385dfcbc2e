//! JSON Schemas of a project: the setting `message_data` and `[schemas] customers`.

use super::sandbox::Sandbox;

const TEMPLATE: &str =
    "---\nmessage_data: schemas/order.json\n---\n{\"title\": \"{{ trigger.id }}\", \"body\": \"b\"}\n";
const ORDER: &str = r#"{"required": ["id"], "properties": {"id": {"$ref": "common/id.json"}}}"#;

fn sandbox(message_data: &str) -> Sandbox {
    Sandbox::with_template("", message_data)
        .file("templates/t.liquid", TEMPLATE)
        .file("schemas/order.json", ORDER)
        .file("schemas/common/id.json", r#"{"type": "integer"}"#)
}

/// The errors of `check` about schemas, each as `file:line:column: code: message`, and the exit code.
fn errors(sandbox: &Sandbox, arguments: &[&str]) -> (Vec<String>, i32) {
    let checked = sandbox.run(&[&["check", "--format", "concise"], arguments].concat());
    let lines = checked.stdout.lines().filter(|line| line.contains("error[") && line.contains("schema"));
    (lines.map(str::to_owned).collect(), checked.code)
}

#[test]
fn requests_are_compared_with_the_schema_of_their_template() {
    assert_eq!(errors(&sandbox(r#"{"id": 1}"#), &[]), (vec![], 0));
    let expected = "fixtures/requests/t/a.json:1:93: error[schema-violation]: expected a whole number under `message_data.id`, \
                    found `\"1\"`";
    assert_eq!(errors(&sandbox(r#"{"id": "1"}"#), &[]), (vec![expected.to_owned()], 1));
    let off = sandbox(r#"{"id": "1"}"#).file("inkproof.toml", "[rules]\nschema-violation = \"off\"\n");
    assert_eq!(errors(&off, &[]), (vec![], 0));
}

#[test]
fn a_variant_has_the_schema_of_its_main_template() {
    let content = "---\n---\n{\"title\": \"{{ trigger.id }}\", \"body\": \"b\"}\n";
    let both = sandbox(r#"{"id": 1.5}"#).file("templates/t.fr.liquid", content);
    assert_eq!(errors(&both, &[]).0.len(), 1, "{:?}", errors(&both, &[]));
    let own = sandbox(r#"{"id": 1}"#)
        .file("templates/t.fr.liquid", TEMPLATE.replace("order", "strict"))
        .file("schemas/strict.json", r#"{"properties": {"id": {"minimum": 5}}}"#);
    let (found, code) = errors(&own, &[]);
    assert!(found.len() == 1 && found[0].contains("expected at least 5"), "{found:?}");
    assert_eq!(code, 1);
}

#[test]
fn customers_are_compared_with_the_schema_in_the_configuration() {
    let schema = r#"{"properties": {"plan": {"enum": ["free", "pro"]}}}"#;
    let sandbox = sandbox(r#"{"id": 1}"#)
        .file("inkproof.toml", "[schemas]\ncustomers = \"schemas/customer.json\"\n")
        .file("schemas/customer.json", schema)
        .file("fixtures/customers/eve.json", r#"{"id": "eve", "plan": "por"}"#)
        .file("fixtures/customers/ada.json", r#"{"id": "user_123", "plan": "fre"}"#);
    let (found, code) = errors(&sandbox, &[]);
    assert_eq!(
        found,
        [
            "fixtures/customers/ada.json:1:28: error[schema-violation]: expected one of `\"free\"`, `\"pro\"` under \
             `customer.plan`, found `\"fre\"`",
            "fixtures/customers/eve.json:1:23: error[schema-violation]: expected one of `\"free\"`, `\"pro\"` under \
             `customer.plan`, found `\"por\"`",
        ]
    );
    assert_eq!(code, 1);
    let printed = sandbox.run(&["--print-config"]).stdout;
    assert!(printed.contains("[schemas]\ncustomers = \"schemas/customer.json\""), "{printed}");
}

#[test]
fn problems_in_schemas_are_reported_where_they_are() {
    let broken = |file: &str, text: &str| errors(&sandbox(r#"{"id": 1}"#).file(file, text), &[]);
    for (file, text, expected) in [
        (
            "schemas/order.json",
            "{",
            "schemas/order.json:1:1: error[invalid-schema]: the schema is not valid JSON: EOF while parsing an object",
        ),
        (
            "schemas/common/id.json",
            "{\n  \"type\": \"int\"\n}",
            "schemas/common/id.json:2:11: error[invalid-schema]: `schemas/common/id.json` is not a valid JSON Schema",
        ),
        (
            "schemas/order.json",
            r#"{"$ref": "comon/id.json"}"#,
            "schemas/order.json:1:10: error[invalid-schema]: the schema refers to `schemas/comon/id.json`, which is not there",
        ),
        (
            "templates/t.liquid",
            &TEMPLATE.replace("schemas/", "schema/"),
            "templates/t.liquid:2:15: error[invalid-schema]: there is no file `schema/order.json`",
        ),
        (
            "templates/t.liquid",
            &TEMPLATE.replace("order.json", "oder.json"),
            "templates/t.liquid:2:15: error[invalid-schema]: there is no file `schemas/oder.json`",
        ),
        (
            "templates/t.liquid",
            &TEMPLATE.replace("schemas/", "../schemas/"),
            "templates/t.liquid:2:15: error[invalid-schema]: `../schemas/order.json` is not a file inside the project",
        ),
        (
            "templates/t.liquid",
            &TEMPLATE.replace("schemas/order.json", "[schemas/order.json]"),
            "templates/t.liquid:2:15: error[invalid-settings]: expected the path of a JSON Schema, such as \
             `schemas/order.json`, under `message_data`",
        ),
        (
            "inkproof.toml",
            "[schemas]\ncustomers = \"/etc/passwd\"\ncustomer = 1\n",
            "inkproof.toml:2:13: error[invalid-schema]: `/etc/passwd` is not a file inside the project",
        ),
    ] {
        let (found, code) = broken(file, text);
        assert!(found.iter().any(|line| line.starts_with(expected)), "{expected}: {found:#?}");
        assert_eq!(code, 2, "{found:?}");
    }
    let misspelt = sandbox(r#"{"id": 1}"#).file("templates/t.liquid", TEMPLATE.replace("order.json", "oder.json"));
    let shown = misspelt.run(&["check"]).stdout;
    assert!(shown.contains("did you mean `schemas/order.json`?"), "{shown}");
    // Other commands do without.
    let preview = sandbox(r#"{"id": 1}"#).file("schemas/order.json", "{").run(&["render"]);
    assert_eq!((preview.code, preview.stderr.as_str()), (0, ""), "{preview:?}");
}

#[test]
fn a_fragment_names_a_part_of_a_file() {
    let document = r##"{"components": {"schemas": {"Order": {"properties": {"id": {"$ref": "#/components/schemas/Id"}}}, "Id": {"type": "integer"}}}}"##;
    let sandbox = sandbox(r#"{"id": "1"}"#)
        .file("templates/t.liquid", TEMPLATE.replace("order.json", "openapi.json#/components/schemas/Order"))
        .file("schemas/openapi.json", document);
    let (found, _) = errors(&sandbox, &[]);
    assert!(found.len() == 1 && found[0].contains("expected a whole number"), "{found:?}");
}
