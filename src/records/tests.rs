use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use super::*;
use crate::liquid::Arena;
use crate::liquid::value::json;
use crate::liquid::value::number::Numbers;

/// Every record and error of some files, with their lines, and why files were not read to their end.
fn read(files: &[(&str, &[u8])]) -> (Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let inputs = files.iter().map(|(name, bytes)| {
        fs::write(folder.path().join(name), bytes).unwrap();
        Input::File((*name).to_owned(), folder.path().join(name))
    });
    let mut records = Records::new(inputs.collect(), None, Stop::default()).unwrap();
    let mut found = Vec::new();
    let mut batch = Batch::new();
    while records.read(&mut batch) {
        for entry in batch.entries() {
            let arena = Arena::new();
            let mut text = String::new();
            let value = entry.map_err(Clone::clone).and_then(|record| {
                let value = record.value(Numbers::JavaScript, &arena)?;
                Ok((record.line(), value))
            });
            let line = match value {
                Ok((line, value)) => {
                    json::write(value, None, &mut text).unwrap();
                    line
                }
                Err(error) => {
                    text = error.problem.to_string();
                    error.position.line
                }
            };
            found.push(format!("{}:{line} {text}", batch.input_name()));
        }
    }
    (found, records.into_errors().iter().map(ToString::to_string).collect())
}

fn assert_reads(name: &str, text: impl AsRef<[u8]>, expected: &[&str]) {
    let (found, errors) = read(&[(name, text.as_ref())]);
    let expected: Vec<_> = expected.iter().map(|record| format!("{name}:{record}")).collect();
    assert_eq!(found, expected, "{}", String::from_utf8_lossy(text.as_ref()));
    assert!(errors.is_empty(), "{errors:?}");
}

const TOO_LONG: &str = "the record is longer than 4 MiB";

#[test]
fn reads_json_lines() {
    assert_reads("a.jsonl", "", &[]);
    assert_reads("a.jsonl", "\u{feff}{\"a\":1}\r\n\n \t\n{\"b\":2}", &["1 {\"a\":1}", "4 {\"b\":2}"]);
    assert_reads(
        "a.jsonl",
        b"{\"a\":1\n{}\n\xff{}\n[1]\n",
        &[
            "1 the record is not valid JSON: unexpected end of JSON input, at its byte 7",
            "2 {}",
            "3 the record is not valid UTF-8",
            "4 [1]",
        ],
    );
}

#[test]
fn reads_arrays_and_other_values_that_span_lines() {
    assert_reads("a.json", "[]", &[]);
    assert_reads(
        "a.json",
        " [\n{\"a\": [1, {}]},\n\n {\"b\":\n \"]}\\\"\"}\n]\n",
        &["2 {\"a\":[1,{}]}", "4 {\"b\":\"]}\\\"\"}"],
    );
    assert_reads("a.json", "[1, true ,null,\"x\"] [2]", &["1 1", "1 true", "1 null", "1 \"x\"", "1 2"]);
    assert_reads("a.json", "{\n \"a\": 1\n}\n{\n \"b\": 2\n}\n", &["1 {\"a\":1}", "4 {\"b\":2}"]);
    let response = "{ \"customers\" : [ {\"id\":\"1\"} , {\"id\":\"2\"} ], \"more\": {\"a\": [\"}\"]} }";
    let expected = ["1 {\"id\":\"1\"}", "1 {\"id\":\"2\"}", "2 {\"id\":\"1\"}", "2 {\"id\":\"2\"}"];
    assert_reads("a.json", format!("{response}\n{response}\n"), &expected);
}

#[test]
fn records_and_errors_are_in_the_order_of_the_input() {
    let entries = |name: &str, text: &str| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), text).unwrap();
        let input = Input::File(name.to_owned(), folder.path().join(name));
        let mut records = Records::new(vec![input], None, Stop::default()).unwrap();
        let (mut batch, mut found) = (Batch::new(), Vec::new());
        while records.read(&mut batch) {
            found.extend(batch.entries().map(|entry| {
                let position = match entry {
                    Ok(record) => record.position(),
                    Err(error) => error.position,
                };
                (entry.is_ok(), position.line, position.column, position.offset)
            }));
        }
        found
    };
    assert_eq!(
        entries("a.json", "[{\"é\":1}, {},\n  {} {}]"),
        [(true, 1, 2, 1), (true, 1, 11, 11), (true, 2, 3, 17), (false, 2, 6, 20), (true, 2, 6, 20)]
    );
    assert_eq!(entries("a.jsonl", "\u{feff}{}\n\n{}"), [(true, 1, 1, 3), (true, 3, 1, 7)]);
    assert_eq!(entries("a.csv", "a,b\r\n1,\"\n2,3\n"), [(false, 2, 1, 5), (true, 3, 1, 9)]);
}

#[test]
fn a_csv_file_whose_header_cannot_be_read_has_no_valid_rows() {
    let reason = "expected 0 cells, as in the first line, found 2";
    assert_reads(
        "a.csv",
        "id,\"name\n1,Ada\n2,Eve\n",
        &["1 the quote that begins a cell here is not closed", &format!("2 {reason}"), &format!("3 {reason}")],
    );
}

#[test]
fn goes_on_after_invalid_values() {
    let reason = |reason: &str| format!("the record is not valid JSON: {reason}");
    let no_value = reason("unexpected end of JSON input, at its byte 1");
    for (text, expected) in [
        (
            "[{},\n{\"a\" 1},\n{}]",
            vec![
                "1 {}".into(),
                format!("2 {}", reason("invalid character '1' after object key, at its byte 6")),
                "3 {}".into(),
            ],
        ),
        (
            "[{}\n{}\n]",
            vec!["1 {}".into(), "2 expected `,` or `]` after an element of the array".into(), "2 {}".into()],
        ),
        ("[{},,{}]", vec!["1 {}".into(), format!("1 {no_value}"), "1 {}".into()]),
        (
            "[{}},\n{}]",
            vec!["1 {}".into(), "1 expected `,` or `]` after an element of the array".into(), "2 {}".into()],
        ),
        ("[{}]]{}", vec!["1 {}".into(), format!("1 {no_value}"), "1 {}".into()]),
        (
            "[{\"a\": \"x\n\"},\n {\"b\": 1}\n]",
            vec![format!("1 {}", reason("unexpected end of JSON input, at its byte 9")), "3 {\"b\":1}".into()],
        ),
        (
            "[\n{}, {\"a\":",
            vec![
                "2 {}".into(),
                format!("2 {}", reason("unexpected end of JSON input, at its byte 6")),
                "2 the array is not closed".into(),
            ],
        ),
        ("[{},\n", vec!["1 {}".into(), "2 the array is not closed".into()]),
        ("{\"customers\": [{}]\n", vec!["1 {}".into(), "2 the array is not closed".into()]),
        ("{\"customers\": [{}", vec!["1 {}".into(), "1 the array is not closed".into()]),
    ] {
        assert_reads("a.json", text, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn reads_csv() {
    assert_reads(
        "a.csv",
        "\u{feff}id, first name ,note,\r\n7,Ada,\"a \"\"b\"\",\nc\",x\r\n\r\n8,,5\" nail,\n9,é\n10,\"a\"b,,\n",
        &[
            "2 {\"id\":\"7\",\"first name\":\"Ada\",\"note\":\"a \\\"b\\\",\\nc\"}",
            "5 {\"id\":\"8\",\"note\":\"5\\\" nail\"}",
            "6 expected 4 cells, as in the first line, found 2",
            "7 {\"id\":\"10\",\"first name\":\"ab\"}",
        ],
    );
    assert_reads(
        "a.tsv",
        "id\tname\r7\tAda\r8\t\"x\ty\"",
        &["2 {\"id\":\"7\",\"name\":\"Ada\"}", "3 {\"id\":\"8\",\"name\":\"x\\ty\"}"],
    );
    assert_reads("stdin", "email;id\na;1\n", &["2 {\"email\":\"a\",\"id\":\"1\"}"]);
    assert_reads("a.csv", b"id\n\xff\n", &["2 the record is not valid UTF-8"]);
    let unclosed = "2 the quote that begins a cell here is not closed";
    assert_reads("a.csv", "id,name\n1,\"Ada\n2,Alan\n", &[unclosed, "3 {\"id\":\"2\",\"name\":\"Alan\"}"]);
    assert_reads("a.csv", "id,name\n1,\"", &[unclosed]);
}

#[test]
fn records_that_are_too_long_are_skipped() {
    let long = "x".repeat(MAX_RECORD + 9);
    let line = format!("{{\"a\":\"{long}\"}}");
    for repeated in [1, 3] {
        let line = line.repeat(repeated);
        assert_reads(
            "a.jsonl",
            format!("{{}}\n{line}\n{{\"b\":1}}\n"),
            &["1 {}", &format!("2 {TOO_LONG}"), "3 {\"b\":1}"],
        );
        assert_reads(
            "a.csv",
            format!("id\n1\n{line}\n2\n"),
            &["2 {\"id\":\"1\"}", &format!("3 {TOO_LONG}"), "4 {\"id\":\"2\"}"],
        );
    }
    let escapes = "\\\"".repeat(MAX_RECORD);
    for long in [&long, &escapes] {
        let text = format!("[{{}},\n{{\"a\":\"{long}\"}},\n{{\"b\":1}}]");
        assert_reads("a.json", text, &["1 {}", &format!("2 {TOO_LONG}"), "3 {\"b\":1}"]);
    }
    let mut text = "id\n1\n\"never closed\n".to_owned();
    (0..20).for_each(|_| text.extend([&"2".repeat(1 << 18), "\n3,4\n"]));
    let (found, _) = read(&[("a.csv", text.as_bytes())]);
    assert_eq!(found.len(), 2 + 40);
    assert_eq!(found[1], "a.csv:3 the quote that begins a cell here is not closed");
}

#[test]
fn many_records_have_the_same_lines_in_every_format_and_compression() {
    let (mut lines, mut array, mut csv) = (String::new(), "[\n".to_owned(), "id,name\n".to_owned());
    let count = 12_000;
    for id in 0..count {
        let name = "né\\\"".repeat(id % 9);
        let _ = writeln!(lines, "{{\"id\":\"{id}\",\"name\":\"x{name}\"}}");
        let _ = writeln!(array, "{{\"id\":\"{id}\",\"name\":\"x{name}\"}}{}", if id + 1 < count { "," } else { "\n]" });
        let _ = writeln!(csv, "{id},\"x{}\"", name.replace("\\\"", "\"\""));
    }
    let gzip = |text: &str| {
        let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        file.write_all(text.as_bytes()).unwrap();
        file.finish().unwrap()
    };
    let zstandard =
        |text: &str| ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let half = lines.len() - lines[lines.len() / 2..].find('\n').map_or(0, |at| lines.len() / 2 - at - 1);
    let (first, second) = lines.split_at(half.min(lines.len()));
    let expected = |first: usize| -> Vec<String> {
        let name = |id: usize| "né\\\"".repeat(id % 9);
        (0..count).map(|id| format!("{} {{\"id\":\"{id}\",\"name\":\"x{}\"}}", id + first, name(id))).collect()
    };
    for (name, bytes, line) in [
        ("a.jsonl", lines.clone().into_bytes(), 1),
        ("a.json", array.clone().into_bytes(), 2),
        ("a.csv", csv.clone().into_bytes(), 2),
        ("a.jsonl.gz", gzip(&lines), 1),
        ("a.json.zst", zstandard(&array), 2),
        ("a.csv.gz", [gzip(&csv[..100_000]), gzip(&csv[100_000..])].concat(), 2),
        ("a.jsonl.zst", [zstandard(first), zstandard(second)].concat(), 1),
    ] {
        let (found, errors) = read(&[(name, &bytes)]);
        let found: Vec<_> = found.iter().map(|record| record.strip_prefix(&format!("{name}:")).unwrap()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert!(found == expected(line), "{name}");
    }
    let whole = gzip(&lines);
    let (found, errors) = read(&[("a.gz", &whole[..whole.len() / 2]), ("b.jsonl", b"{}\n")]);
    assert!(found.len() > count / 3 && found.len() < count);
    assert_eq!(found.last().unwrap(), "b.jsonl:1 {}");
    assert!(found[..found.len() - 1].iter().all(|record| record.ends_with('}')), "a record that was cut off");
    let line = found.len();
    assert_eq!(errors, [format!("cannot read `a.gz` beyond line {}: incomplete deflate stream", line - 1)]);
}

/// So many records with numbers.
fn numbered(count: usize) -> String {
    let mut text = String::new();
    (0..count).for_each(|id| writeln!(text, "{{\"id\":{id}}}").unwrap());
    text
}

/// A skippable frame, whose content nobody reads.
const SKIPPED: [u8; 11] = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 7, 7, 7];

#[test]
fn every_cut_of_a_compressed_file_is_noticed() {
    let text = numbered(40);
    let gzip = |text: &str| {
        let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        file.write_all(text.as_bytes()).unwrap();
        file.finish().unwrap()
    };
    let zstandard =
        |text: &str| ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let (first, second) = text.split_at(text.len() / 2);
    let gzip = [gzip(first), gzip(second)];
    let zstandard = [zstandard(first), [&SKIPPED[..], &zstandard(second)].concat()];
    for [first, second] in [gzip, zstandard] {
        let whole = [&first[..], &second].concat();
        // Where a file may end: after a frame, and after one that is skipped.
        let ends = [first.len(), first.len() + if second.starts_with(&SKIPPED) { SKIPPED.len() } else { 0 }];
        for cut in 4..=whole.len() {
            let (found, errors) = read(&[("a", &whole[..cut]), ("b.jsonl", b"{}\n")]);
            let is_whole = cut == whole.len() || ends.contains(&cut);
            assert_eq!(errors.len(), usize::from(!is_whole), "{cut} of {}: {errors:?} {found:?}", whole.len());
            assert_eq!(found.last().unwrap(), "b.jsonl:1 {}");
            let records = found[..found.len() - 1].iter();
            assert!(
                records.zip(text.lines()).zip(1..).all(|((found, line), at)| *found == format!("a:{at} {line}"))
                    || is_whole
            );
            if cut == whole.len() {
                assert_eq!(found.len(), 41);
            }
        }
    }
}

#[test]
fn a_damaged_compressed_file_is_noticed() {
    let text = numbered(4000);
    let whole = ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    for at in [whole.len() / 2, whole.len() - 1] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        let (_, errors) = read(&[("a", &damaged)]);
        assert_eq!(errors.len(), 1, "{at}");
    }
}

#[test]
fn inputs_that_do_not_exist_are_reported_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let input = |name: &str| Input::File(name.to_owned(), folder.path().join(name));
    let errors = Records::new(vec![input("a"), input("."), input("b")], None, Stop::default()).err().unwrap();
    let shown: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert!(shown[0].starts_with("cannot read `a`: No such file"), "{shown:?}");
    assert_eq!(shown[1], "cannot read `.`: it is a folder: expected a file");
    assert!(shown[2].starts_with("cannot read `b`: No such file"), "{shown:?}");
    let (_, errors) = read(&[("a.csv", b"\xff\xfei\0d\0")]);
    assert_eq!(errors, ["cannot read `a.csv`: it is UTF-16: expected UTF-8"]);
}

#[test]
fn results_arrive_in_order_from_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    (0..200_000).for_each(|id| writeln!(text, "{{\"id\":{id}}}").unwrap());
    let path: PathBuf = folder.path().join("a.jsonl");
    fs::write(&path, &text).unwrap();
    for threads in [0, 1, 2, 7] {
        let input = Input::File("a.jsonl".to_owned(), path.clone());
        let mut records = Records::new(vec![input], None, Stop::default()).unwrap();
        let mut written = Vec::new();
        let work = |count: &mut usize, batch: &Batch| {
            *count += batch.records().len();
            batch.records().flat_map(|record| [record.bytes(), b"\n"].concat()).collect::<Vec<u8>>()
        };
        let counts = process(&mut records, threads, || 0, work, |result| written.extend(result));
        assert_eq!((counts.len(), counts.iter().sum::<usize>()), (threads.max(1), 200_000));
        assert!(written == text.as_bytes());
        assert_eq!(records.progress().bytes(), text.len() as u64);
        assert_eq!(records.progress().total(), Some(text.len() as u64));
    }
}

#[test]
fn a_panic_ends_the_processing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.jsonl"), "{\"id\":1}\n".repeat(900_000)).unwrap();
    let input = Input::File("a.jsonl".to_owned(), folder.path().join("a.jsonl"));
    let mut records = Records::new(vec![input], None, Stop::default()).unwrap();
    let work =
        |(): &mut (), batch: &Batch| assert!(batch.records().any(|record| record.line() == 1), "not the first batch");
    let process = std::panic::AssertUnwindSafe(|| process(&mut records, 3, || (), work, |()| ()));
    assert!(std::panic::catch_unwind(process).is_err());
}

#[test]
fn a_stop_ends_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.jsonl"), "{\"id\":1}\n".repeat(900_000)).unwrap();
    let input = Input::File("a.jsonl".to_owned(), folder.path().join("a.jsonl"));
    let (mut batch, stop) = (Batch::new(), Stop::default());
    let mut records = Records::new(vec![input], None, stop.clone()).unwrap();
    assert!(records.read(&mut batch));
    stop.stop();
    assert!(!records.read(&mut batch) && records.into_errors().is_empty());
}
