//! What is seen at a glance: lenses, hints, links, symbols, folding, selection and tokens.

use serde_json::{Value, json};

use crate::client::Client;
use crate::{ONE, ORDER, SHOP};

const TEMPLATE: &str = "templates/order.liquid";

fn of_file(client: &mut Client, method: &str, name: &str) -> Value {
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    let params = json!({"textDocument": {"uri": client.uri(name)}, "range": whole});
    client.request(method, &params).unwrap()
}

#[test]
fn counts_requests_and_branches_above_a_template() {
    let mut client = Client::new(SHOP);
    client.open(TEMPLATE, ORDER);
    client.wait_for(TEMPLATE, &[]);
    let lenses = of_file(&mut client, "textDocument/codeLens", TEMPLATE);
    assert_eq!(lenses[0]["command"]["title"], "2 requests: all sent · 2 of 2 branches");
    assert_eq!(lenses[1]["command"]["command"], "inkproof.preview");
    client.change(TEMPLATE, &ORDER.replace("{{ total }}", "{{ trigger.items.first.title }}"));
    client.wait_for(TEMPLATE, &["5:41 undefined-variable"]);
    let lenses = of_file(&mut client, "textDocument/codeLens", TEMPLATE);
    let title = lenses[0]["command"]["title"].as_str().unwrap();
    assert!(title.starts_with("2 requests: 1 sent, 1 lost"), "{title}");
}

#[test]
fn an_expected_loss_is_an_info() {
    let expected = "[expect]\nlost = [\"order/two\"]\n";
    let files: Vec<_> = SHOP.iter().copied().filter(|(name, _)| *name != "inkproof.toml").collect();
    let mut client = Client::new(&[&files[..], &[("inkproof.toml", expected)]].concat());
    let two = "fixtures/requests/order/two.json";
    client.open(TEMPLATE, ORDER);
    client.wait_for(two, &["1:1 unmet-expectation"]);
    client.change(TEMPLATE, &ORDER.replace("{{ total }}", "{{ trigger.items.first.title }}"));
    client.wait_for(two, &[]);
    let lenses = of_file(&mut client, "textDocument/codeLens", TEMPLATE);
    let title = lenses[0]["command"]["title"].as_str().unwrap();
    assert!(title.starts_with("2 requests: 1 sent, 1 lost as expected"), "{title}");
    client.change(TEMPLATE, ORDER);
    client.wait_for(two, &["1:1 unmet-expectation"]);
    client.open("inkproof.toml", expected);
    client.change("inkproof.toml", "[expect]\nlost = []\n");
    client.wait_for(two, &[]);
}

#[test]
fn shows_what_expressions_print() {
    let mut client = Client::new(SHOP);
    let hints = of_file(&mut client, "textDocument/inlayHint", TEMPLATE);
    let labels: Vec<_> = hints.as_array().unwrap().iter().map(|hint| hint["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["7", "2", "\"Hello Ada\"", "\"Tea\" · \"Milk\""]);
}

#[test]
fn shows_what_expressions_print_for_the_chosen_request() {
    let mut client = Client::new(SHOP);
    client.open(TEMPLATE, ORDER);
    client.wait_for(TEMPLATE, &[]);
    let labels = |client: &mut Client| -> Vec<String> {
        let hints = of_file(client, "textDocument/inlayHint", TEMPLATE);
        hints.as_array().unwrap().iter().map(|hint| hint["label"].as_str().unwrap().to_owned()).collect()
    };
    let choice = |client: &mut Client| of_file(client, "textDocument/codeLens", TEMPLATE)[2]["command"].clone();
    assert_eq!(choice(&mut client), Value::Null, "a client without hints has nothing to choose");
    assert_eq!(labels(&mut client)[0], "7");
    let command = choice(&mut client);
    assert_eq!(command["title"], "values of `order/one`");
    assert_eq!(command["tooltip"], "show what expressions print for `order/two`");
    let execute = |client: &mut Client, command: &Value| {
        let params = json!({"command": command["command"], "arguments": command["arguments"]});
        client.request("workspace/executeCommand", &params)
    };
    assert_eq!(execute(&mut client, &command).unwrap(), Value::Null);
    assert_ne!(labels(&mut client)[0], "7");
    let command = choice(&mut client);
    assert_eq!(command["title"], "values of `order/two`");
    execute(&mut client, &command).unwrap();
    assert_eq!(labels(&mut client)[0], "7");
    for (arguments, reason) in [
        (json!([client.uri(TEMPLATE), "order/three"]), "`templates/order.liquid` has no request `order/three`"),
        (json!([client.uri("inkproof.toml"), "order/one"]), "is no template of a project"),
        (json!([]), "expected the URI of a template and the name of a request as the arguments"),
    ] {
        let wrong = json!({"command": "inkproof.chooseRequest", "arguments": arguments});
        let error = execute(&mut client, &wrong).unwrap_err();
        assert!(format!("{error:?}").contains(reason), "{error:?}");
    }
}

#[test]
fn links_to_the_files_that_are_named() {
    let mut client = Client::new(SHOP);
    let targets = |client: &mut Client, name| -> Vec<String> {
        let (links, root) = (of_file(client, "textDocument/documentLink", name), client.uri(""));
        let target = |link: &Value| link["target"].as_str().unwrap().strip_prefix(&root).unwrap().to_owned();
        links.as_array().unwrap().iter().map(target).collect()
    };
    assert_eq!(targets(&mut client, TEMPLATE), ["snippets/greeting.liquid"]);
    let request = targets(&mut client, "fixtures/requests/order/one.json");
    assert_eq!(request, [TEMPLATE, "fixtures/customers/ada.json"]);
}

fn names(symbols: &Value, depth: usize, found: &mut Vec<String>) {
    for symbol in symbols.as_array().into_iter().flatten() {
        found.push(format!("{}{}", "  ".repeat(depth), symbol["name"].as_str().unwrap()));
        names(&symbol["children"], depth + 1, found);
    }
}

#[test]
fn outlines_a_template() {
    let expected = ["type", "title", "body", "lines", "  for item in trigger.items", "    unless forloop.last"];
    let trees = json!({"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": true}}});
    let mut client = Client::with_capabilities(SHOP, &trees);
    let mut found = Vec::new();
    names(&of_file(&mut client, "textDocument/documentSymbol", TEMPLATE), 0, &mut found);
    assert_eq!(found, expected);
    let mut flat = Vec::new();
    names(&of_file(&mut Client::new(SHOP), "textDocument/documentSymbol", TEMPLATE), 0, &mut flat);
    assert_eq!(flat, expected.map(str::trim_start));
}

#[test]
fn finds_files_by_name() {
    let mut client = Client::new(SHOP);
    let symbols = client.request("workspace/symbol", &json!({"query": "gree"})).unwrap();
    assert_eq!(symbols[0]["name"], "greeting");
    let all = client.request("workspace/symbol", &json!({"query": ""})).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 5);
}

#[test]
fn folds_settings_and_blocks() {
    let mut client = Client::new(SHOP);
    let text = ORDER.replace("{% for item", "\n{% for item").replace("{% endfor %}", "\n{% endfor %}\n");
    client.open(TEMPLATE, &text);
    let ranges = of_file(&mut client, "textDocument/foldingRange", TEMPLATE);
    let lines = |range: &Value| (range["startLine"].as_u64().unwrap(), range["endLine"].as_u64().unwrap());
    let lines: Vec<_> = ranges.as_array().unwrap().iter().map(lines).collect();
    assert_eq!(lines, [(0, 2), (6, 9), (7, 8)]);
}

#[test]
fn selects_outwards() {
    let mut client = Client::new(SHOP);
    let at = client.position(TEMPLATE, &crate::marked(ORDER, "itle | json"), &json!({}));
    let params = json!({"textDocument": at["textDocument"], "positions": [at["position"]]});
    let mut selection = client.request("textDocument/selectionRange", &params).unwrap()[0].clone();
    let mut texts = Vec::new();
    while !selection.is_null() {
        let offset = |end: &str| {
            let position = &selection["range"][end];
            let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
            let start: usize = ORDER.split_inclusive('\n').take(line).map(str::len).sum();
            start + usize::try_from(position["character"].as_u64().unwrap()).unwrap()
        };
        texts.push(ORDER[offset("start")..offset("end")].to_owned());
        selection = selection["parent"].clone();
    }
    assert_eq!(texts[0], "title");
    assert_eq!(texts[1], "{{ item.title | json }}");
    assert!(texts[2].starts_with("{% for item") && texts[2].ends_with("{% endfor %}"), "{texts:?}");
    assert!(texts[3].starts_with("lines"), "{texts:?}");
    assert_eq!(texts.last().unwrap(), ORDER);
}

#[test]
fn distinguishes_liquid_and_json() {
    let mut client = Client::new(SHOP);
    let data = of_file(&mut client, "textDocument/semanticTokens/full", "snippets/greeting.liquid");
    // `customer` is a variable, `name` a property.
    assert_eq!(data["data"], json!([0, 9, 8, 2, 0, 0, 9, 4, 3, 0]));
    let data = of_file(&mut client, "textDocument/semanticTokens/full", TEMPLATE);
    let numbers: Vec<_> = data["data"].as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect();
    // The setting `type`, then the tag `assign` two lines further down.
    assert_eq!(numbers[..10], [1, 0, 4, 3, 0, 2, 3, 6, 0, 0]);
    let none = of_file(&mut client, "textDocument/semanticTokens/full", "fixtures/requests/order/one.json");
    assert_eq!(none["data"], json!([]));
    assert!(ONE.contains("message_data"));
}

#[test]
fn formats_a_template() {
    let mut client = Client::new(SHOP);
    let params = |client: &Client| json!({"textDocument": {"uri": client.uri(TEMPLATE)}, "options": {"tabSize": 2, "insertSpaces": true}});
    let params = params(&client);
    let tidy = "---\n---\n{\"title\": \"🎉 {{ trigger.number }}\", \"body\": \"\"}\n";
    client.open(TEMPLATE, tidy);
    assert_eq!(client.request("textDocument/formatting", &params).unwrap(), json!([]));
    client.change(TEMPLATE, &tidy.replace("{{ trigger.number }}", "{{trigger.number}}"));
    let edits = client.request("textDocument/formatting", &params).unwrap();
    let at = |character: u32| json!({"line": 2, "character": character});
    let range = json!({"start": at(16), "end": at(30)});
    assert_eq!(edits, json!([{"range": range, "newText": " trigger.number "}]));
    // Windows' line ends stay.
    client.change(TEMPLATE, "---\r\n---\r\n{\r\n\"title\": \"\",\r\n\"body\": \"\"\r\n}\r\n");
    let edits = client.request("textDocument/formatting", &params).unwrap();
    assert_eq!(edits[0]["newText"], "  \"title\": \"\",\r\n  ");
    client.change(TEMPLATE, &tidy.replace("}\n", "\n"));
    let refused = client.request("textDocument/formatting", &params).unwrap_err();
    assert_eq!(refused["code"], -32803);
}
