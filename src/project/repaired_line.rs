//! Repaired lines: what a line that is not valid TOML was meant to be.

use toml::Table;

/// A line as it would be valid, if little is missing: quotes around a string, `=` in the place of `:`, or the end of a header.
pub(super) fn repaired_line(line: &str) -> Option<String> {
    let line = line.split('#').next()?.trim();
    if is_valid(line) {
        return None;
    }
    if line.starts_with('[') {
        let (open, close) = if line.starts_with("[[") { ("[[", "]]") } else { ("[", "]") };
        let header = line.trim_matches(['[', ']']);
        return Some(format!("{open}{header}{close}")).filter(|repaired| is_valid(repaired));
    }
    let (key, value) = line.split_once(['=', ':'])?;
    let (key, value) = (key.trim(), value.trim());
    if value.is_empty() {
        return None;
    }
    let quoted = toml::Value::from(value.trim_matches(['"', '\'']));
    [format!("{key} = {value}"), format!("{key} = {quoted}")].into_iter().find(|repaired| is_valid(repaired))
}

fn is_valid(line: &str) -> bool {
    line.parse::<Table>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs_what_misses_little() {
        for (line, repaired) in [
            ("effort = fast  # enough", Some("effort = \"fast\"")),
            ("templates = ../a b", Some("templates = \"../a b\"")),
            ("at = C:\\new", Some("at = 'C:\\new'")),
            ("now = '2026-01-01T00:00:00Z", Some("now = \"2026-01-01T00:00:00Z\"")),
            ("unused-data: off", Some("unused-data = \"off\"")),
            ("count: 7", Some("count = 7")),
            ("[check", Some("[check]")),
            ("[check]]", Some("[check]")),
            ("[[expect]", Some("[[expect]]")),
            ("count = 7", None),
            ("[check]", None),
            ("a b = 1", None),
            ("key =", None),
            ("key", None),
            ("", None),
        ] {
            assert_eq!(repaired_line(line).as_deref(), repaired, "{line}");
        }
    }
}
