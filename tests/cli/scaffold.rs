//! `inkproof init`, `inkproof new`, `inkproof request` and `inkproof import`: what they make renders and is clean.

use std::fs;

use super::sandbox::{Sandbox, repository, run};

/// A project as `init` makes it.
fn initialized() -> Sandbox {
    let sandbox = Sandbox::new();
    let made = sandbox.run(&["init"]);
    assert_eq!(made.code, 0, "{made:?}");
    sandbox
}

fn read(sandbox: &Sandbox, path: &str) -> String {
    fs::read_to_string(sandbox.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The messages of a project, each as its title and body.
fn messages(sandbox: &Sandbox, names: &[&str]) -> Vec<String> {
    let rendered = sandbox.run(&[&["render"], names].concat());
    assert_eq!(rendered.code, 0, "{rendered:?}");
    let properties = |line: &serde_json::Value| {
        let properties = &line["message"]["properties"];
        format!("{}: {}", properties["title"].as_str().unwrap(), properties["body"])
    };
    rendered.lines().iter().map(properties).collect()
}

fn assert_clean(sandbox: &Sandbox, names: &[&str]) {
    let checked = sandbox.run(&[&["check"], names].concat());
    assert!(checked.code == 0 && checked.stdout.starts_with("no problems\n"), "{checked:?}");
}

#[test]
fn a_first_project_renders_and_is_clean() {
    let sandbox = initialized();
    assert_clean(&sandbox, &[]);
    assert_eq!(
        messages(&sandbox, &[]),
        [
            "Order #1043 has shipped!: \"Hi there, your 2 items are on the way. Questions? Answer this message.\"",
            "Order #1042 has shipped!: \"Hi Ada, your item is on the way. Questions? Answer this message.\"",
        ]
    );
    // What it says of the configuration is so.
    let commented = read(&sandbox, "inkproof.toml");
    let configuration: String = commented
        .lines()
        .filter_map(|line| line.strip_prefix("# ").filter(|line| line.contains(['[', '='])))
        .fold(String::new(), |text, line| text + line + "\n");
    fs::write(sandbox.path().join("inkproof.toml"), configuration).unwrap();
    assert_clean(&sandbox, &[]);
}

#[test]
fn init_keeps_existing_files() {
    let sandbox = Sandbox::new().file("templates/order_shipped.liquid", "---\n---\n{\"title\": \"mine\"}");
    let made = sandbox.run(&["init"]);
    assert!(made.stdout.contains("kept    templates/order_shipped.liquid\ncreated snippets/"), "{made:?}");
    assert!(read(&sandbox, "templates/order_shipped.liquid").contains("mine"));
    let again = sandbox.run(&["new", "ORDER_shipped"]);
    assert_eq!(again.code, 2);
    assert_eq!(
        again.stderr,
        "error: there is a template `order_shipped` already, in `templates/order_shipped.liquid`\n"
    );
    let import = run(sandbox.path(), &["import", "template", "order_shipped"], "{}");
    assert_eq!(import.code, 2);
    assert_eq!(sandbox.run(&["request", "order_shipped", "standard"]).code, 2);
    assert!(read(&sandbox, "templates/order_shipped.liquid").contains("mine"));
}

#[test]
fn init_adds_nothing_to_a_project_of_other_files() {
    let sandbox = Sandbox::new().file("inkproof.toml", "").file("fixtures/customers/u1.json", r#"{"id":"user_123"}"#);
    let made = sandbox.run(&["init"]);
    assert_eq!((made.code, made.stdout.as_str()), (2, ""));
    let expected = "error: there is a project in `.` already, with `fixtures/customers/u1.json`: `inkproof new NAME` creates a template\n";
    assert_eq!(made.stderr, expected);
    // A folder in it may become a project of its own.
    assert_eq!(sandbox.run(&["init", "messages"]).code, 0);
    // Doing it twice changes nothing.
    let again = sandbox.run(&["init", "messages"]);
    assert!(again.code == 0 && !again.stdout.contains("created"), "{again:?}");
}

#[test]
fn init_creates_a_missing_folder() {
    let sandbox = Sandbox::new();
    let made = sandbox.run(&["init", "messages"]);
    assert!(made.stderr.contains("`inkproof -C messages preview`"), "{made:?}");
    assert_eq!(sandbox.run(&["-C", "messages", "preview"]).code, 0);
}

#[test]
fn a_new_template_renders_and_is_clean() {
    let sandbox = initialized();
    for name in ["welcome", "orders/Payment received", "größe"] {
        let made = sandbox.run(&["new", name]);
        assert_eq!(made.code, 0, "{made:?}");
        assert_clean(&sandbox, &[name.rsplit('/').next().unwrap()]);
    }
    assert_eq!(messages(&sandbox, &["welcome"]), ["Welcome: \"Hi Ada!\""]);
    for name in ["../outside", "/tmp/outside", "", "a\u{1b}[31m", ".hidden"] {
        let refused = sandbox.run(&["new", "--", name]);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.stderr.contains("cannot be a name: ") && !refused.stderr.contains('\u{1b}'), "{refused:?}");
    }
}

#[test]
fn new_creates_a_template_from_a_captured_request() {
    let body = r#"{
  "transactional_message_id": "invoice_paid", "identifiers": {"email": "bob@example.com"},
  "message_data": {"subject": "Paid \"in full\"", "amount": 12.5, "lines": [{"a": 1}], "we-ird key": "x", "{{x": 1, "title": {}}
}"#;
    let sandbox = initialized().file("caught/body.json", body);
    let made = sandbox.run(&["new", "--from-request", "caught/body.json"]);
    assert_eq!(
        made.stdout,
        "created templates/invoice_paid.liquid\ncreated fixtures/requests/invoice_paid/body.json\n\
         created fixtures/customers/bob@example.com.json\n",
        "{made:?}"
    );
    assert_eq!(read(&sandbox, "fixtures/requests/invoice_paid/body.json"), body);
    assert_clean(&sandbox, &[]);
    assert_eq!(messages(&sandbox, &["invoice_paid"]), ["Paid \"in full\": \"Hi there!\""]);

    let numbered = r#"{"transactional_message_id": 7, "identifiers": {"id": "user_123"}, "message_data": {"a": 1}}"#;
    let unnamed = run(sandbox.path(), &["new", "--from-request", "-"], numbered);
    assert!(unnamed.code == 2 && unnamed.stderr.contains("expected a NAME for it"), "{unnamed:?}");
    let named = run(sandbox.path(), &["new", "seventh", "--from-request", "-"], numbered);
    assert_eq!(named.code, 0, "{named:?}");
    assert!(read(&sandbox, "templates/seventh.liquid").contains("\nid: 7\n"));
    assert_clean(&sandbox, &["seventh"]);

    let useless = run(sandbox.path(), &["new", "--from-request", "-"], r#"{"message_data": {}}"#);
    assert_eq!(useless.code, 2);
    assert!(useless.stderr.contains("the request has no `transactional_message_id`"), "{useless:?}");
}

/// Templates whose use of their variables says what these hold.
#[test]
fn request_contains_every_variable_the_template_reads() {
    for (content, data) in [
        (
            r#"{"title": "{{ trigger.name }}", "body": "{{ trigger.due_date | date: "%Y" }}", "n": {{ trigger.count | plus: 1 }}}"#,
            r#"{"name":"example name","due_date":"2026-01-01T12:00:00Z","count":1}"#,
        ),
        (
            r#"{"title": "x", "body": "{% if trigger.is_late == true %}late{% endif %}", "list": [{% for i in trigger.rows %}{"u": "{{ i.url }}", "p": {{ i.points }}}{% unless forloop.last %},{% endunless %}{% endfor %}]}"#,
            r#"{"is_late":true,"rows":[{"url":"https://example.com/","points":1},{"url":"https://example.com/","points":1}]}"#,
        ),
        (
            r#"{"title": {{ trigger.tags | join: ", " | json }}, "body": "in {{ trigger.hours | default: 24 }} hours", "at": {{ trigger.starts_at }}, "m": "{{ trigger.starts_at | date: "%m" }}"}"#,
            r#"{"tags":["example tag"],"hours":1,"starts_at":1767268800}"#,
        ),
        (
            r#"{"title": "Hi", "body": {{ customer.first_name | json }}, "o": {{ trigger.a.b.c | json }}}"#,
            r#"{"a":{"b":{"c":"example c"}}}"#,
        ),
    ] {
        let sandbox = initialized().file("templates/t.liquid", format!("---\n---\n{content}"));
        let made = sandbox.run(&["request", "t"]);
        assert_eq!((made.code, made.stdout.as_str()), (0, "created fixtures/requests/t/example.json\n"), "{made:?}");
        let request: serde_json::Value =
            serde_json::from_str(&read(&sandbox, "fixtures/requests/t/example.json")).unwrap();
        assert_eq!(request["message_data"].to_string(), data);
        assert_eq!(sandbox.run(&["render", "t"]).code, 0, "{content}");
        let printed = sandbox.run(&["request", "t", "--print"]);
        assert_eq!(printed.stdout, read(&sandbox, "fixtures/requests/t/example.json"));
    }
}

#[test]
fn request_creates_a_customer_if_the_project_has_none() {
    let sandbox = Sandbox::new().file(
        "templates/t.liquid",
        "---\n---\n{\"title\": \"Hi {{ customer.first_name }}\", \"body\": {{ customer.plan | json }}}",
    );
    assert_eq!(sandbox.run(&["request", "t"]).code, 0);
    assert_eq!(
        read(&sandbox, "fixtures/customers/user_123.json"),
        "{\n  \"id\": \"user_123\",\n  \"first_name\": \"Ada\",\n  \"plan\": \"example plan\"\n}\n"
    );
    assert_eq!(messages(&sandbox, &[]), ["Hi Ada: \"example plan\""]);
}

#[test]
fn requests_for_the_samples_render() {
    for template in ["appointment_reminder", "order_shipped", "weekly_digest"] {
        let printed = run(&repository(), &["request", template, "--print"], "");
        let sandbox = initialized()
            .file(
                &format!("templates/{template}.liquid"),
                fs::read(repository().join(format!("templates/{template}.liquid"))).unwrap(),
            )
            .file("fixtures/requests/printed.json", printed.stdout);
        assert_eq!(sandbox.run(&["render", "printed"]).code, 0, "{template}");
    }
}

#[test]
fn import_adds_customers() {
    let sandbox = initialized()
        .file("people.csv", "\u{feff}id,email,first_name\n7,g@example.com,\"Grace \"\"G\"\"\"\n,,\n,,Nobody\n")
        .file("answer.json", r#"{"customer": {"id": "8", "attributes": {"plan": "pro"}}}"#)
        .file("lines.jsonl", "{\"id\": \"9\"}\n{\"id\": \"user_123\", \"first_name\": \"Other\"}\n");
    let made = sandbox.run(&["import", "customers", "people.csv", "answer.json", "lines.jsonl", "--format", "concise"]);
    assert_eq!(made.code, 2);
    assert_eq!(
        made.stderr,
        "lines.jsonl:2:1: the customer with the id `user_123` already exists in `fixtures/customers/ada.json`\n\
         people.csv:4:1: error[invalid-customer]: the customer has no `id`, `email` or `cio_id`\n\
         imported 3 customers, 1 existed already, 1 rejected\n"
    );
    assert_clean(&sandbox, &[]);
    for name in ["7", "8", "9"] {
        assert!(made.stdout.contains(&format!("created fixtures/customers/{name}.json\n")), "{made:?}");
    }
    assert!(read(&sandbox, "fixtures/customers/7.json").contains(r#""first_name": "Grace \"G\"""#));
    let again = sandbox.run(&["import", "customers", "answer.json"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, "kept    fixtures/customers/8.json\n"));
    assert_eq!(
        again.stderr,
        "answer.json:1:1: the customer with the id `8` already exists in `fixtures/customers/8.json`\n\
         imported 0 customers, 1 existed already\n"
    );
    let nothing = sandbox.run(&["import", "customers", "nowhere.json"]);
    assert!(nothing.code == 2 && nothing.stderr.contains("cannot read `nowhere.json`: "), "{nothing:?}");
}

#[test]
fn import_keeps_the_content_of_a_template() {
    let content = "{\n  \"title\": \"Hi\",\n  \"body\": \"{{ trigger.text }}\",\n}\n";
    let sandbox = initialized();
    let made = run(sandbox.path(), &["import", "template", "hello", "--id", "9"], content);
    assert_eq!((made.code, made.stdout.as_str()), (0, "created templates/hello.liquid\n"), "{made:?}");
    let file = read(&sandbox, "templates/hello.liquid");
    assert!(file.starts_with("---\nname: \"Hello\"\nid: 9\n") && file.ends_with(&format!("---\n{content}")), "{file}");
    assert_eq!(sandbox.run(&["request", "hello"]).code, 0);
    assert_eq!(messages(&sandbox, &["hello"]), ["Hi: \"example text\""]);
}

#[test]
fn request_creates_a_customer_if_none_renders() {
    let content = "{\"title\": {{ customer.vip | json }}, \"body\": {{ customer.email | json }}}";
    let sandbox = initialized().file("templates/vip.liquid", format!("---\n---\n{content}"));
    let made = sandbox.run(&["request", "vip"]);
    assert_eq!(
        made.stdout, "created fixtures/customers/user_124.json\ncreated fixtures/requests/vip/example.json\n",
        "{made:?}"
    );
    assert_eq!(messages(&sandbox, &["vip"]), ["example vip: \"user_124@example.com\""]);
    let again = sandbox.run(&["request", "vip"]);
    assert_eq!(
        again.stderr,
        "error: the file `fixtures/requests/vip/example.json` already exists: choose another name with `inkproof request vip NAME`, or use `--print`\n"
    );
    // No customer is created for a template that always fails.
    let sandbox = sandbox.file("templates/fails.liquid", "---\n---\n{\"title\": {{ \"?\" | base64_decode }}}");
    let made = sandbox.run(&["request", "fails"]);
    assert_eq!(made.stdout, "created fixtures/requests/fails/example.json\n", "{made:?}");
}

#[test]
fn import_keeps_customers_whose_file_names_collide() {
    let sandbox = initialized()
        .file(
            "a.json",
            r#"[{"id": "a/b"}, {"id": "a_b"}, {"id": "Q"}, {"id": "q"}, {"id": "ADA"}, {"id": "q", "x": 1}]"#,
        )
        .file("b.json", r#"{"email": "Bob@example.com"}"#)
        .file("c.json", r#"{"id": 5, "email": "bob@Example.com"}"#);
    let made = sandbox.run(&["import", "customers", "none.json", "a.json", "b.json", "c.json", "--format", "concise"]);
    let created: Vec<_> = made.stdout.lines().map(|line| line.rsplit('/').next().unwrap()).collect();
    assert_eq!(
        created,
        ["a_b.json", "a_b_2.json", "Q.json", "q_2.json", "ADA_2.json", "Bob@example.com.json"],
        "{made:?}"
    );
    let reported: Vec<_> = made.stderr.lines().collect();
    assert_eq!(
        reported[..3],
        [
            "a.json:1:73: error[duplicate-customer]: the customer with the id `q` occurs twice: the first is used",
            "c.json:1:1: error[duplicate-customer]: the customer with the email `bob@example.com` occurs twice: the first is used",
            "imported 6 customers, 0 existed already, 2 rejected",
        ]
    );
    assert!(made.code == 2 && reported[3].starts_with("error: cannot read `none.json`"), "{made:?}");
    assert_clean(&sandbox, &[]);
}

#[test]
fn rejects_names_that_would_match_another_file() {
    let sandbox = initialized()
        .file("templates/orders/paid.liquid", "---\nid: 7\n---\n{\"title\": \"x\", \"body\": \"x\"}")
        .file("templates/orders/bad.liquid", "---\nliquid: legcy\n---\n{}");
    let captured = |name: &str| {
        format!(
            r#"{{"transactional_message_id": "{name}", "identifiers": {{"id": "user_123"}}, "message_data": {{}}}}"#
        )
    };
    let new = ["new", "--from-request", "-"];
    let named = ["new", "other", "--from-request", "-"];
    let import = |name| ["import", "template", name];
    for (arguments, input, reported) in [
        (&new[..], captured("Paid"), "there is a template `paid` already, in `templates/orders/paid.liquid`"),
        (&named, captured("7"), "the id `7` belongs to another template, in `templates/orders/paid.liquid`"),
        (&import("paid"), "{}".into(), "there is a template `paid` already, in `templates/orders/paid.liquid`"),
        (&import("bad"), "{}".into(), "there is a template `bad` already, in `templates/orders/bad.liquid`"),
        (
            &["import", "template", "other", "--id", "7"],
            "{}".into(),
            "the id `7` belongs to another template, in `templates/orders/paid.liquid`",
        ),
        (&import("other"), " \n".into(), "standard input is empty: expected the JSON of a message"),
        (
            &import("other"),
            "---\ntrigger_name: PAID\n---\n{}".into(),
            "there is a template `paid` already, in `templates/orders/paid.liquid`",
        ),
        (
            &["import", "template", "other", "--id", "8"],
            "---\n---\n{}".into(),
            "standard input has settings: write `id: 8` among them",
        ),
        (&import("other"), "---\nidd: 3\n---\n{}".into(), "there is no setting `idd`"),
    ] {
        let refused = run(sandbox.path(), arguments, &input);
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{refused:?}");
        assert!(refused.stderr.contains(reported), "{arguments:?}: {refused:?}");
    }
    let kept = "---\nid: 8\n---\n{\"title\": \"x\", \"body\": \"x\"}\n";
    assert_eq!(run(sandbox.path(), &import("whole"), kept).code, 0);
    assert_eq!(read(&sandbox, "templates/whole.liquid"), kept);
}

#[test]
fn new_adds_a_language_to_a_template() {
    let sandbox = initialized();
    let made = sandbox.run(&["new", "Order_shipped.fr"]);
    assert_eq!(
        made.stdout,
        "created templates/order_shipped.fr.liquid\ncreated fixtures/requests/order_shipped/example_fr.json\n",
        "{made:?}"
    );
    let request: serde_json::Value =
        serde_json::from_str(&read(&sandbox, "fixtures/requests/order_shipped/example_fr.json")).unwrap();
    assert_eq!((&request["transactional_message_id"], &request["language"]), (&"order_shipped".into(), &"fr".into()));
    assert_eq!(
        read(&sandbox, "templates/order_shipped.fr.liquid"),
        read(&sandbox, "templates/order_shipped.liquid"),
        "it is there to be translated"
    );
    assert_eq!(messages(&sandbox, &["order_shipped/example_fr"]).len(), 1);
    assert_clean(&sandbox, &["order_shipped"]);
    let again = run(sandbox.path(), &["import", "template", "order_shipped.fr"], "{}");
    let reported = "error: there is a template `order_shipped.fr` already, in `templates/order_shipped.fr.liquid`\n";
    assert_eq!((again.code, again.stderr.as_str()), (2, reported));
    // What one of the languages needs, a request has.
    let sandbox =
        sandbox.file("templates/order_shipped.de.liquid", "---\n---\n{\"title\": {{ trigger.titel | json }}}");
    assert_eq!(sandbox.run(&["request", "order_shipped", "all"]).code, 0);
    let request: serde_json::Value =
        serde_json::from_str(&read(&sandbox, "fixtures/requests/order_shipped/all.json")).unwrap();
    assert_eq!((&request["message_data"]["titel"], &request["language"]), (&"example titel".into(), &().into()));
    assert_eq!(sandbox.run(&["check", "order_shipped/all", "--format", "concise"]).stdout.matches("error[").count(), 0);
    // A name with a dot is one where there is no such template.
    assert_eq!(sandbox.run(&["new", "other.fr"]).code, 0);
    assert_eq!(messages(&sandbox, &["other.fr"]), ["Other.fr: \"Hi Ada!\""]);
}

#[test]
fn new_creates_a_legacy_template_in_a_legacy_project() {
    let sandbox = initialized().file("inkproof.toml", "[liquid]\nversion = 'legacy'\n");
    assert_eq!(sandbox.run(&["new", "welcome"]).code, 0);
    assert!(read(&sandbox, "templates/welcome.liquid").contains("{% if customer.first_name %}"));
    let nobody = r#"{"transactional_message_id": "welcome", "identifiers": {"id": "user_456"}}"#;
    let sandbox = sandbox.file("fixtures/requests/welcome/nobody.json", nobody);
    assert_eq!(messages(&sandbox, &["welcome"]), ["Welcome: \"Hi Ada!\"", "Welcome: \"Hi there!\""]);
    assert_clean(&sandbox, &["welcome"]);
}

#[test]
fn quotes_names_in_suggested_commands() {
    let sandbox = initialized();
    let made = sandbox.run(&["new", "a b"]);
    assert_eq!(made.stderr, "preview it with `inkproof preview 'a b'`\n", "{made:?}");
    assert!(made.stdout.contains("fixtures/requests/a b/example.json"), "{made:?}");
    let made = sandbox.run(&["request", "a b", "other"]);
    assert!(made.stderr.ends_with("`inkproof preview 'a b/other'`\n"), "{made:?}");
    assert_clean(&sandbox, &["a b"]);
    let made = sandbox.run(&["init", "a b"]);
    assert!(made.stderr.contains("`inkproof -C 'a b' preview`"), "{made:?}");
    assert!(sandbox.run(&["new", "--", "-x"]).stderr.contains("begin with a hyphen"));
}

#[test]
fn request_covers_all_branches_and_names_what_is_never_rendered() {
    let content = "{\"title\": \"{% if trigger.n > 10 %}many{% elsif trigger.n > 20 %}never{% else %}few{% endif %}\",\n\"body\": \
                   \"{% case customer.plan %}{% when 'pro' %}Pro{% else %}Free{% endcase %}\"}";
    let sandbox = initialized().file("templates/t.liquid", content);
    let made = sandbox.run(&["request", "t", "--all-branches"]);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(made.stderr.contains("with 2 requests, 4 of 5 branches are rendered"), "{made:?}");
    assert!(made.stderr.contains("no data was found that renders the branch at templates/t.liquid:1:48"), "{made:?}");
    for path in ["fixtures/requests/t/example.json", "fixtures/requests/t/example_2.json"] {
        assert!(made.stdout.contains(&format!("created {path}")), "{made:?}");
    }
    let again = sandbox.run(&["request", "t", "--all-branches"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, ""), "{again:?}");
    assert!(again.stderr.contains("the project's requests render 4 of 5 branches already"), "{again:?}");
    let broken = sandbox.file("templates/lost.liquid", "{\"title\": {% if trigger.a %}{% endif %}}");
    let made = broken.run(&["request", "lost", "--all-branches"]);
    assert_eq!((made.code, made.stdout.as_str()), (1, ""), "{made:?}");
    assert!(made.stderr.contains("no data was found with which the message is sent"), "{made:?}");
    let made = broken.run(&["request", "lost"]);
    assert!(made.code == 0 && made.stderr.contains("no data was found with which the message is sent"), "{made:?}");
}

#[test]
fn import_reports_how_columns_were_read() {
    let sandbox = initialized().file("people.tsv", "ID\tvip\n70\tfalse\n71\ttrue\n70\tfalse\n");
    let made = sandbox.run(&["import", "customers", "people.tsv"]);
    assert!(made.stderr.contains("note: the column `vip` is imported as strings, such as \"false\""), "{made:?}");
    assert!(made.stderr.ends_with("imported 2 customers, 0 existed already, 1 rejected\n"), "{made:?}");
    let sandbox = sandbox.file("more.csv", "id,vip\n71,false\n72,false\n");
    let made = sandbox.run(&["import", "customers", "more.csv", "--types", "infer"]);
    assert!(made.stderr.ends_with("imported 1 customer, 1 existed already\n"), "{made:?}");
    assert!(read(&sandbox, "fixtures/customers/72.json").contains("\"vip\": false"));
    assert!(read(&sandbox, "fixtures/customers/70.json").contains("\"vip\": \"false\""));
}

#[test]
fn import_unpacks_gzip() {
    let sandbox = initialized();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, b"id;name\n80;Grace\n").unwrap();
    std::fs::write(sandbox.path().join("people.csv.gz"), packed.finish().unwrap()).unwrap();
    assert_eq!(sandbox.run(&["import", "customers", "people.csv.gz"]).code, 0);
    assert!(read(&sandbox, "fixtures/customers/80.json").contains("\"name\": \"Grace\""));
}

#[test]
fn import_makes_settings_of_body_json() {
    let body = r#"{"body_json": "{\"type\": \"order\", \"topics\": [\"a\"], \"properties\": {\"title\": \"Hi {{ customer.id }}\"}}"}"#;
    let sandbox = initialized().file("body.json", body);
    assert_eq!(sandbox.run(&["import", "template", "fetched", "body.json"]).code, 0);
    let expected = "---\ntype: order\ntopics: [\"a\"]\n---\n{\n  \"title\": \"Hi {{ customer.id }}\"\n}\n";
    assert_eq!(read(&sandbox, "templates/fetched.liquid"), expected);
}

#[test]
fn a_name_may_be_that_of_its_file() {
    let sandbox = initialized();
    for (arguments, created) in [
        (&["new", "a.liquid"][..], "templates/a.liquid"),
        (&["new", "templates/orders/b.liquid"], "templates/orders/b.liquid"),
        (&["request", "a", "trial.json"], "fixtures/requests/a/trial.json"),
    ] {
        let run = sandbox.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        assert!(run.stdout.contains(&format!("created {created}\n")), "{arguments:?}: {run:?}");
        assert!(sandbox.path().join(created).is_file(), "{created}");
    }
}
