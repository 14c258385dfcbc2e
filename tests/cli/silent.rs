//! Silent mistakes: templates whose messages are sent, but not as they are meant; and similar ones that are correct.

use super::sandbox::Sandbox;

/// Codes that are not about what a template says.
const OTHERS: [&str; 4] = ["uncovered-branch", "json-unsafe", "invalid-json", "schema-mismatch"];

/// The findings of a template with some requests, in the format `concise`, without the template's file.
fn found(content: &str, requests: &[&str], more: &[(&str, &str)]) -> Vec<String> {
    let mut sandbox = Sandbox::with_template(content, requests[0]);
    for (at, data) in requests.iter().enumerate().skip(1) {
        let request = format!(
            r#"{{"transactional_message_id": "t", "identifiers": {{"id": "user_123"}}, "message_data": {data}}}"#
        );
        sandbox = sandbox.file(&format!("fixtures/requests/t/r{at}.json"), request);
    }
    for (path, text) in more {
        sandbox = sandbox.file(path, text);
    }
    let checked = sandbox.run(&["check", "--format", "concise"]);
    assert!(checked.code < 2, "{checked:?}");
    let lines = checked.stdout.lines().filter(|line| line.contains('['));
    let lines = lines.map(|line| line.strip_prefix("templates/t.liquid:").unwrap_or(line));
    let is_other = |line: &&str| OTHERS.iter().any(|code| line.contains(&format!("[{code}]")));
    lines.filter(|line| !is_other(line)).map(str::to_owned).collect()
}

/// A message whose body is this.
fn body(body: &str) -> String {
    format!(r#"{{"title": "t", "body": "b{body}"}}"#)
}

/// Templates with requests, and the start of each finding.
const MISTAKES: &[(&str, &[&str], &[&str])] = &[
    // Names.
    (
        "{% if trigger.vpi %}VIP{% else %}no{% endif %}",
        &[r#"{"vip":true}"#],
        &["3:32: warning[misspelled-name]: no request has `trigger.vpi`: did you mean `trigger.vip`?"],
    ),
    (
        "{{ customer.frist_name | default: 'you' }}{{ trigger.x }}",
        &[r#"{"x":1}"#],
        &["3:29: warning[misspelled-name]: no customer has `customer.frist_name`: did you mean `customer.first_name`?"],
    ),
    (
        "{% assign n = trigger.custmer.name %}{{ n }}{% if trigger.custmer.name != blank %}x{% endif %}",
        &[r#"{"customer":{"name":"Ada B"}}"#],
        &["3:40: warning[misspelled-name]: no request has `trigger.custmer`: did you mean `trigger.customer`?"],
    ),
    (
        "{% for i in trigger.items %}{{ i.qty | default: 1 }}{% endfor %}",
        &[r#"{"items":[{"qyt":2}]}"#],
        &["3:57: warning[misspelled-name]: no request has `trigger.items[].qty`: did you mean `trigger.items[].qyt`?"],
    ),
    (
        "{{ trigger.items | map: 'nmae' | join }} {{ trigger.items | sum: 'pirce' }}",
        &[r#"{"items":[{"name":"a","price":1}]}"#],
        &[
            "3:50: warning[misspelled-name]: no request has `trigger.items[].nmae`: did you mean `trigger.items[].name`?",
            "3:91: warning[misspelled-name]: no request has `trigger.items[].pirce`: did you mean `trigger.items[].price`?",
        ],
    ),
    (
        "{% assign s = trigger.items | sort: 'pirce' %}{% assign n = s | sort_natural: 'nmae' %}{% for i in n %}{{ i.name }}{% endfor %}",
        &[r#"{"items":[{"name":"a","price":1}]}"#],
        &[
            "3:62: warning[misspelled-name]: no request has `trigger.items[].pirce`: did you mean `trigger.items[].price`?",
            "3:104: warning[misspelled-name]: no request has `trigger.items[].nmae`: did you mean `trigger.items[].name`?",
        ],
    ),
    // What loses the message is reported as that, and once.
    (
        "{{ trigger.nmae | times: 2 }}",
        &[r#"{"name":1}"#],
        &[
            "fixtures/requests/t/a.json:1:87: info[unused-data]: the template never reads `trigger.name`",
            "3:29: error[missing-data]: `trigger.nmae` is missing in `t/a`",
        ],
    ),
    // Objects.
    (
        "{{ trigger.o }} {{ trigger.l }} {{ trigger.l | join: ', ' }}",
        &[r#"{"o":{"a":1},"l":[{"a":1}]}"#],
        &[
            "3:26: warning[printed-object]: an object is printed as `[object Object]` in `t/a`",
            "3:42: warning[printed-object]: an object is printed as `[object Object]` in `t/a`",
            "3:58: warning[printed-object]: an object is printed as `[object Object]` in `t/a`",
        ],
    ),
    // Comparisons.
    (
        "{% if trigger.n == 5 %}five{% endif %}",
        &[r#"{"n":"5"}"#, r#"{"n":"7"}"#],
        &[
            "3:32: warning[suspicious-comparison]: `trigger.n` is always a string and `5` a number: they are never equal",
        ],
    ),
    (
        "{% if trigger.n != '5' %}not five{% endif %}",
        &[r#"{"n":5}"#],
        &[
            "3:32: warning[suspicious-comparison]: `trigger.n` is always a number and `'5'` a string: they are never equal",
        ],
    ),
    (
        "{% assign m = trigger.at | date: '%m' %}{% if m == 12 %}December{% endif %}",
        &[r#"{"at":"2026-12-24"}"#],
        &["3:72: warning[suspicious-comparison]: `m` is always a string and `12` a number: they are never equal"],
    ),
    (
        "{% if trigger.score > '18' %}many{% endif %}",
        &[r#"{"score":"9"}"#],
        &["3:32: warning[suspicious-comparison]: `trigger.score` and `'18'` are compared as strings, not as numbers"],
    ),
    (
        "{% if trigger.tags contains 5 %}five{% endif %}",
        &[r#"{"tags":["5","6"]}"#],
        &[
            "3:32: warning[suspicious-comparison]: `trigger.tags[]` is always a string and `5` a number: it contains none",
        ],
    ),
    (
        "{% if trigger.tags == 'vip' %}VIP{% endif %}",
        &[r#"{"tags":["vip"]}"#],
        &[
            "3:32: warning[suspicious-comparison]: `trigger.tags` is always a list and `'vip'` a string: they are never equal",
        ],
    ),
    (
        "{% if trigger.at > 20 %}late{% endif %}",
        &[r#"{"at":"2026-12-24"}"#],
        &[
            "3:32: warning[suspicious-comparison]: `trigger.at` is always a string and `20` a number: neither is ever greater",
        ],
    ),
    (
        "{% case trigger.n %}{% when 1 %}one{% when 2, 3 %}more{% endcase %}",
        &[r#"{"n":"1"}"#],
        &[
            "3:54: warning[suspicious-comparison]: `trigger.n` is always a string and `1` a number: this is never the case",
        ],
    ),
    (
        "{% if trigger.flag == 'true' %}yes{% endif %}",
        &[r#"{"flag":true}"#],
        &[
            "3:32: warning[suspicious-comparison]: `trigger.flag` is always `true` or `false` and `'true'` a string: they are never equal",
        ],
    ),
    // Strings that are true.
    (
        "{% if trigger.gift %}a gift{% endif %}{% unless trigger.paid == 1 or trigger.gift %}x{% endunless %}",
        &[r#"{"gift":"false","paid":1}"#, r#"{"gift":"true","paid":1}"#],
        &[
            "3:32: warning[constant-condition]: `trigger.gift` is the string `\"false\"` in `t/a`, which counts as true",
            "3:95: warning[constant-condition]: `trigger.gift` is the string `\"false\"` in `t/a`, which counts as true",
        ],
    ),
    // The order of `and` and `or`.
    (
        "{% if trigger.a and trigger.b or trigger.c %}x{% endif %}",
        &[r#"{"a":false,"b":true,"c":true}"#],
        &[
            "3:32: warning[mixed-and-or]: Liquid evaluates `and` and `or` from right to left: this is `trigger.a and (trigger.b or trigger.c)`",
        ],
    ),
    (
        "{% if trigger.a == 'x' and trigger.b or trigger.a == 'y' %}x{% endif %}",
        &[r#"{"a":"x","b":true}"#],
        &[
            "3:32: warning[mixed-and-or]: Liquid evaluates `and` and `or` from right to left: this is `trigger.a == 'x' and (trigger.b or trigger.a == 'y')`",
        ],
    ),
    // Dates.
    (
        "{{ trigger.at | date: '%F %Y' }}{{ trigger.at | date: 'DD.MM.YYYY' }}",
        &[r#"{"at":"2026-12-24"}"#],
        &[
            "3:48: warning[suspicious-date]: `date` has no directive `%F`: it is printed as it is",
            "3:80: warning[suspicious-date]: this format has no directive: `DD.MM.YYYY` is printed as it is, for every date",
        ],
    ),
    (
        "{% assign t = trigger.at %}{{ t | date: '%Y' }}{{ trigger.at | plus: 1 | date_to_string }}",
        &[r#"{"at":1767312000}"#, r#"{"at":1767312000000}"#],
        &[
            "3:60: warning[suspicious-date]: `date` takes 1767312000000 for seconds in `t/r1`: a date in the year 57973",
            "3:99: warning[suspicious-date]: `date_to_string` takes 1767312000001 for seconds in `t/r1`: a date in the year 57973",
        ],
    ),
];

#[test]
fn a_property_that_some_elements_lack_is_not_misspelled() {
    let sandbox = Sandbox::with_template(
        r#"{"title": "{{ trigger.a | where: "active", true | size }}", "body": "b"}"#,
        r#"{"a":[{"name":"x","active":true},{"name":"y"}]}"#,
    );
    let found = sandbox.run(&["check"]);
    assert!(
        found.stdout.contains("not every element has `trigger.a[].active`: send it in all of them"),
        "{}",
        found.stdout
    );
}

#[test]
fn a_name_that_one_request_has_is_not_misspelled() {
    let request =
        |data: &str| format!(r#"{{"transactional_message_id":"t","identifiers":{{"id":"u1"}},"message_data":{data}}}"#);
    for (content, data) in [
        (
            r#"{"title": {{ trigger.items | map: "images" | compact | json }}, "body": "b"}"#,
            [r#"{"items":[{"image":"p"}]}"#, r#"{"items":[{"image":"p","images":["p"]}]}"#],
        ),
        (r#"{"title": {{ trigger.prices | default: 1 | json }}, "body": "b"}"#, [r#"{"price":1}"#, r#"{"prices":2}"#]),
    ] {
        let sandbox = Sandbox::new()
            .file("fixtures/customers/u1.json", r#"{"id":"u1"}"#)
            .file("templates/t.liquid", format!("---\n---\n{content}"))
            .file("fixtures/requests/t/a.json", request(data[0]))
            .file("fixtures/requests/t/b.json", request(data[1]));
        let found = sandbox.run(&["check", "--format", "concise"]);
        assert!(!found.stdout.contains("misspelled-name"), "{}", found.stdout);
    }
}

#[test]
fn silent_mistakes_are_found_once() {
    let mut wrong = Vec::new();
    for (content, requests, expected) in MISTAKES {
        let found = found(&body(content), requests, &[]);
        let is_it = found.len() == expected.len()
            && found.iter().zip(*expected).all(|(found, expected)| found.starts_with(expected));
        if !is_it {
            wrong.push(format!("{content} {requests:?}\n{found:#?}\nexpected {expected:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Templates with requests that are correct, or of which nothing can be said.
#[test]
fn what_is_correct_is_not_reported() {
    let cases: &[(&str, &[&str])] = &[
        // Names that are sent, or so different that they hardly mean the same.
        ("{% if trigger.note %}x{% endif %}{{ trigger.vip }}", &[r#"{"vip":1}"#]),
        (
            "{% if trigger.line_3 %}x{% endif %}{{ trigger.line_1 }}{{ trigger.line_2 }}",
            &[r#"{"line_1":1,"line_2":2}"#],
        ),
        ("{% if trigger.vpi %}x{% endif %}{{ trigger.vip }}", &[r#"{"vip":1}"#]),
        ("{% if trigger.vpi %}x{% endif %}{% if trigger.vip %}y{% endif %}", &[r#"{"vip":true}"#, r#"{"vpi":true}"#]),
        // Objects that are printed as JSON, or text that looks like one.
        ("{{ trigger.o.a }} {{ trigger.l | map: 'a' | join: ', ' }}", &[r#"{"o":{"a":1},"l":[{"a":1}]}"#]),
        ("{{ trigger.s }}", &[r#"{"s":"[object Object]"}"#]),
        // Comparisons of the same kind, or of what may be.
        ("{% if trigger.n == 5 %}x{% endif %}", &[r#"{"n":5}"#]),
        ("{% if trigger.n == 5 %}x{% endif %}", &[r#"{"n":5}"#, r#"{"n":"5"}"#]),
        ("{% if trigger.n == 5 or trigger.n == '5' %}x{% endif %}", &[r#"{"n":"5"}"#]),
        ("{% if trigger.f == true or trigger.f == 'true' %}x{% endif %}", &[r#"{"f":"true"}"#]),
        ("{% case trigger.n %}{% when 1, '1' %}one{% endcase %}", &[r#"{"n":"1"}"#]),
        ("{% if trigger.f == 'true' %}x{% endif %}", &[r#"{"f":"true"}"#]),
        ("{% if trigger.n > 5 %}x{% endif %}", &[r#"{"n":"7"}"#]),
        ("{% if trigger.v != blank and trigger.v != nil %}{{ trigger.v }}{% endif %}", &[r#"{"v":"A-1"}"#]),
        (
            "{% if trigger.l contains 'a' %}x{% endif %}{% if trigger.s contains 5 %}y{% endif %}",
            &[r#"{"l":["b"],"s":"15"}"#],
        ),
        (
            "{% assign h = trigger.at | date: '%H' %}{% if h < '12' %}x{% endif %}",
            &[r#"{"at":"2026-12-24T10:00:00Z"}"#],
        ),
        ("{% if trigger.at < '2027-01-01' %}x{% endif %}", &[r#"{"at":"2026-12-24"}"#]),
        ("{% if trigger.v >= '2' %}x{% endif %}", &[r#"{"v":"1.4.2"}"#]),
        ("{% assign m = trigger.at | date: '%m' | plus: 0 %}{% if m == 12 %}x{% endif %}", &[r#"{"at":"2026-12-24"}"#]),
        ("{% for i in trigger.l %}{% if forloop.index == 2 %}x{% endif %}{% endfor %}", &[r#"{"l":[1,2]}"#]),
        // Strings that are compared, or no flags.
        ("{% if trigger.gift and trigger.gift != 'false' %}x{% endif %}", &[r#"{"gift":"false"}"#]),
        ("{% if trigger.gift %}x{% endif %}", &[r#"{"gift":false}"#]),
        ("{% if trigger.word %}x{% endif %}", &[r#"{"word":"false"}"#, r#"{"word":"maybe"}"#]),
        // Conditions in which the order makes no difference.
        ("{% if trigger.c or trigger.a and trigger.b %}x{% endif %}", &[r#"{"a":false,"b":true,"c":true}"#]),
        ("{% if trigger.a and trigger.b and trigger.c %}x{% endif %}", &[r#"{"a":false,"b":true,"c":true}"#]),
        // Dates.
        ("{{ trigger.at | date: '%-d. %B %Y um %H:%M Uhr' }}", &[r#"{"at":1767312000}"#]),
        ("{{ trigger.at | divided_by: 1000 | date: '%Y' }}", &[r#"{"at":1767312000000}"#]),
        ("{{ trigger.at | date: '%Y-%m-%dT%H:%M:%SZ' }}{{ trigger.at | date }}", &[r#"{"at":"2026-12-24"}"#]),
    ];
    let wrong: Vec<_> = cases
        .iter()
        .map(|(content, requests)| (content, requests, found(&body(content), requests, &[])))
        .filter(|(.., found)| !found.is_empty())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Names that a schema declares, or that another customer has, are not misspelled; and what a schema allows counts.
#[test]
fn declared_data_is_evidence() {
    let schema = |properties: &str| {
        format!(r#"{{"type":"object","properties":{{{properties}}},"required":["v"],"additionalProperties":false}}"#)
    };
    let settings = |content: &str| format!("---\nmessage_data: schemas/t.json\n---\n{}", body(content));
    for (content, properties, data, expected) in [
        (
            "{% if trigger.vpi %}x{% endif %}{{ trigger.v }}",
            r#""v":{"type":"integer"},"vpi":{"type":"boolean"},"vip":{}"#,
            r#"{"v":1,"vip":1}"#,
            "[unused-data]",
        ),
        ("{% if trigger.v == 5 %}x{% endif %}", r#""v":{"type":["integer","string"]}"#, r#"{"v":"5"}"#, ""),
        ("{% if trigger.v == 5 %}x{% endif %}", r#""v":{"type":"string"}"#, r#"{"v":"5"}"#, "[suspicious-comparison]"),
        (
            "{% if trigger.v > '18' %}x{% endif %}",
            r#""v":{"type":"string","pattern":"^[0-9]{2}$"}"#,
            r#"{"v":"20"}"#,
            "",
        ),
        (
            "{% if trigger.v > '18' %}x{% endif %}",
            r#""v":{"enum":["20","9"]}"#,
            r#"{"v":"20"}"#,
            "[suspicious-comparison]",
        ),
        (
            "{% if trigger.v %}x{% endif %}",
            r#""v":{"enum":["true","false"]}"#,
            r#"{"v":"true"}"#,
            "[constant-condition]",
        ),
        ("{% if trigger.v %}x{% endif %}", r#""v":{"type":"string"}"#, r#"{"v":"true"}"#, ""),
    ] {
        let found =
            found("", &[data], &[("templates/t.liquid", &settings(content)), ("schemas/t.json", &schema(properties))]);
        let is_it =
            if expected.is_empty() { found.is_empty() } else { found.len() == 1 && found[0].contains(expected) };
        assert!(is_it, "{content} {properties}: {found:#?}, not {expected}");
    }
    let other = ("fixtures/customers/grace.json", r#"{"id": "g", "frist_name": "Grace"}"#);
    let content = body("{{ customer.frist_name | default: 'you' }}");
    assert_eq!(found(&content, &["{}"], &[other]), [] as [&str; 0]);
}

/// A payload is all that is known of the data, so nothing is said about other data.
#[test]
fn a_payload_shows_only_its_own_mistakes() {
    let content = body(
        "{% if trigger.n == 5 %}x{% endif %}{{ trigger.o }}{% if trigger.gift %}y{% endif %}{{ trigger.at | date: '%Y' }}",
    );
    let data = r#"{"n":"5","o":{"a":1},"gift":"false","at":1767312000000}"#;
    let checked = Sandbox::with_template(&content, "{}").run(&["check", "t", "--data", data, "--format", "concise"]);
    let codes = ["printed-object", "constant-condition", "suspicious-date", "suspicious-comparison"];
    let found = codes.map(|code| checked.stdout.matches(&format!("[{code}]")).count());
    assert_eq!(found, [1, 1, 1, 0], "{checked:?}");
}

/// The notes and the help name the request that shows the mistake, and what to write.
#[test]
fn findings_say_what_to_write() {
    for (content, data, expected) in [
        (
            "{% if trigger.a and trigger.b or trigger.c %}x{% endif %}",
            r#"{"a":false,"b":true,"c":true}"#,
            &[
                "note: the result of `(trigger.a and trigger.b) or trigger.c` would be another in `t/a`",
                "write `trigger.c or trigger.a and trigger.b`",
            ][..],
        ),
        (
            "{% if trigger.n == 5 %}x{% endif %}",
            r#"{"n":"5"}"#,
            &["always false", "write `\"5\"`", "trigger.n | plus: 0"],
        ),
        ("{% if trigger.n > '18' %}x{% endif %}", r#"{"n":"9"}"#, &["`\"9\" > \"18\"` is true", "trigger.n | plus: 0"]),
        ("{{ trigger.at | date: '%Y' }}", r#"{"at":1767312000000}"#, &["`trigger.at | divided_by: 1000 | date …`"]),
        ("{{ trigger.at | date: 'dd MMM yyyy' }}", r#"{"at":"2026-01-02"}"#, &["did you mean `%d %b %Y`?"]),
        (
            "{{ trigger.nmae | default: 'x' }}",
            r#"{"name":"Ada B"}"#,
            &["`t/a` has `trigger.name`, which the template never reads"],
        ),
    ] {
        let checked = Sandbox::with_template(&body(content), data).run(&["check"]);
        let out = checked.stdout.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        for part in expected {
            assert!(out.contains(part), "{content}: {part}\n{}", checked.stdout);
        }
    }
}
