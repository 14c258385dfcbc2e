//! `JUnit` XML reports, which build servers read. What is in them is sanitized.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::sanitize;

/// The name of the report, of its one suite, and of the class of tests that are about no file.
pub(crate) const NAME: &str = "inkproof";

/// A test that passed.
pub(crate) fn passed(name: &str, class: &str) -> TestCase {
    case(name, class, TestCaseStatus::success())
}

/// A test that passed and has something to say.
pub(crate) fn passed_with_output(name: &str, class: &str, output: &str) -> TestCase {
    let mut case = passed(name, class);
    case.set_system_out(element(output));
    case
}

/// A test that failed, or that could not be run.
pub(crate) fn not_passed(
    name: &str,
    class: &str,
    kind: NonSuccessKind,
    (message, category, details): (&str, &str, &str),
) -> TestCase {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(attribute(message)).set_type(attribute(category)).set_description(element(details));
    case(name, class, status)
}

/// Writes a report with one suite.
pub(crate) fn write(cases: impl IntoIterator<Item = TestCase>, out: &mut dyn Write) -> io::Result<()> {
    let mut suite = TestSuite::new(NAME);
    suite.add_test_cases(cases);
    let mut report = Report::new(NAME);
    report.add_test_suite(suite);
    // Written at once: the crate would hide the kind of an error of the writer.
    out.write_all(report.to_string().map_err(io::Error::other)?.as_bytes())
}

fn case(name: &str, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(attribute(name), status);
    case.set_classname(attribute(class));
    case
}

/// The value of an attribute. Parsers would read its line breaks as spaces, so it has none.
fn attribute(text: &str) -> XmlString {
    XmlString::new(sanitize::line(text))
}

/// The text of an element. The crate drops tabs.
fn element(text: &str) -> XmlString {
    XmlString::new(sanitize::text(text).replace('\t', "    "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_that_xml_cannot_hold() {
        let text = "<a b=\"1\"> & ]]>\n\u{0}\u{1b}é\tx\u{ffff}";
        let mut out = Vec::new();
        let cases = [
            not_passed(text, text, NonSuccessKind::Error, (text, "type", text)),
            passed_with_output("passed", "class", text),
        ];
        write(cases, &mut out).unwrap();
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="inkproof" tests="2" failures="0" errors="1">
    <testsuite name="inkproof" tests="2" disabled="0" errors="1" failures="0">
        <testcase name="ATTRIBUTE" classname="ATTRIBUTE">
            <error message="ATTRIBUTE" type="type">ELEMENT</error>
        </testcase>
        <testcase name="passed" classname="class">
            <system-out>ELEMENT</system-out>
        </testcase>
    </testsuite>
</testsuites>
"#;
        let attribute = r"&lt;a b=&quot;1&quot;&gt; &amp; ]]&gt;\n\u{0}\u{1b}é\tx\u{ffff}";
        let element = "&lt;a b=&quot;1&quot;&gt; &amp; ]]&gt;\n\\u{0}\\u{1b}é    x\\u{ffff}";
        let expected = expected.replace("ATTRIBUTE", attribute).replace("ELEMENT", element);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn an_error_of_the_writer_keeps_its_kind() {
        let (reader, mut writer) = io::pipe().unwrap();
        drop(reader);
        let error = write([passed("a", "b")], &mut writer).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
