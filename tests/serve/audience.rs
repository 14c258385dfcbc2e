//! Audiences: the report on a file that is sent, as `inkproof audience` prints it.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::client::{Answer, Server};

const PATH: &str = "/inkproof/api/audience?template=order_shipped&file=people.jsonl";

/// Two get the message, one is not valid, and one is lost.
const PEOPLE: &str =
    "{\"id\": \"1\"}\n{\"id\": \"secret\", \"language\": \"fr\"}\nnope\n{\"email\": \"a@example.com\"}\n";

/// A server with a request of `order_shipped`.
fn server() -> Server {
    let server = Server::start(&[]);
    let request = json!({ "transactional_message_id": "42", "identifiers": { "id": "user_123" }, "message_data": { "order_id": 5 } });
    let body = json!({ "name": "standard", "request": request.to_string() }).to_string();
    let origin = format!("http://{}", server.address);
    assert_eq!(server.ask("PUT", "/inkproof/api/requests", &[("origin", &origin)], &body).status, 200);
    server
}

fn post(server: &Server, path: &str, body: &[u8]) -> Answer {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        server.address,
        body.len()
    );
    Answer::read(&server.raw(&[head.as_bytes(), body].concat()))
}

fn report(server: &Server, path: &str, body: &[u8]) -> Value {
    let answer = post(server, path, body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

#[test]
fn reports_who_gets_the_message_without_their_data() {
    let server = server();
    let report = report(&server, &format!("{PATH}&request=order_shipped/standard"), PEOPLE.as_bytes());
    assert_eq!((&report["people"]["records"], &report["people"]["sent"]), (&json!(4), &json!(2)));
    let loss = &report["losses"][0];
    assert_eq!(
        (&loss["code"], &loss["first"]["line"], &loss["first"]["input"]),
        (&json!("undefined-variable"), &json!(4), &json!("people.jsonl"))
    );
    assert_eq!(
        (&report["invalid"][0]["code"], &report["invalid"][0]["first"]["line"]),
        (&json!("record-not-json"), &json!(3))
    );
    let text = report.to_string();
    assert!(!text.contains("secret") && !text.contains("a@example.com"), "{text}");
    assert_eq!(report["incomplete"], json!([]));
    // Without the data, nobody gets it.
    let report = self::report(&server, PATH, PEOPLE.as_bytes());
    assert_eq!(report["people"]["lost"], 3);
}

#[test]
fn reads_other_formats_and_compressed_files_as_they_arrive() {
    let server = server();
    let mut rows = "id;language\n".to_owned();
    (0..300_000).for_each(|id| rows.extend(["user_", &id.to_string(), ";fr\n"]));
    let path = "/inkproof/api/audience?template=42&request=order_shipped/standard&file=people.csv";
    assert_eq!(report(&server, path, rows.as_bytes())["people"]["sent"], 300_000);
    let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    file.write_all(rows.as_bytes()).unwrap();
    let whole = file.finish().unwrap();
    assert_eq!(report(&server, path, &whole)["people"]["sent"], 300_000);
    let cut = report(&server, path, &whole[..whole.len() / 2]);
    assert!(cut["people"]["sent"].as_u64().unwrap() > 100_000);
    let why = cut["incomplete"][0].as_str().unwrap();
    assert!(why.starts_with("cannot read `people.csv` beyond line "), "{why}");
    assert_eq!(report(&server, path, b"")["people"]["records"], 0);
}

#[test]
fn refuses_what_there_is_not() {
    let server = server();
    for (path, status, error) in [
        ("/inkproof/api/audience?template=none", 404, "there is no template `none`"),
        ("/inkproof/api/audience", 404, "there is no template ``"),
        ("/inkproof/api/audience?template=hello&request=none", 404, "there is no request `none` of `hello`"),
        (
            "/inkproof/api/audience?template=hello&request=order_shipped/standard",
            404,
            "there is no request `order_shipped/standard` of `hello`",
        ),
        (
            "/inkproof/api/audience?name=hello",
            400,
            "there is no parameter `name`: expected `template`, `request` or `file`",
        ),
    ] {
        // The response arrives although nobody reads the file.
        for body in [PEOPLE.to_owned(), "x\n".repeat(2 << 20)] {
            let answer = post(&server, path, body.as_bytes());
            assert_eq!((answer.status, answer.json()["meta"]["error"].as_str().unwrap()), (status, error), "{path}");
        }
    }
    let foreign = server.ask("POST", PATH, &[("origin", "https://evil.example")], PEOPLE);
    assert_eq!(foreign.status, 403);
}

#[test]
fn a_client_that_goes_away_leaves_room_for_the_next() {
    let server = server();
    for _ in 0..8 {
        let mut stream = server.connect();
        let head = format!("POST {PATH} HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000000000\r\n\r\n", server.address);
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(PEOPLE.repeat(2000).as_bytes()).unwrap();
    }
    // Until the server has noticed, it is busy.
    let answer = loop {
        let answer = post(&server, PATH, PEOPLE.as_bytes());
        if answer.status != 503 {
            break answer;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    assert_eq!((answer.status, &answer.json()["people"]["records"]), (200, &json!(4)));
}
