//! File names: whether two names are one file on some file system, and whether a name cannot be a file on some system. Projects
//! are shared between systems, so that what one of them cannot tell apart is a mistake on all.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use unicode_normalization::UnicodeNormalization as _;

use super::{Case, Languages, Project};
use crate::diagnostics::{Code, Diagnostic};
use crate::message::Template;

const COLLIDING_NAMES: Code = Code::new("colliding-names");
const RESERVED_NAME: Code = Code::new("reserved-name");

/// The devices of Windows, which no file can be named after, whatever its extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Devices with a digit.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// The language of a main template in the name of a snapshot, as opposed to that of its variants.
const NO_LANGUAGE: &str = "default";

/// The name of the snapshot of a request in a language in which it is not sent.
pub(crate) fn snapshot_name(case: &Case<'_>) -> String {
    format!("{}@{}", case.request.name(), case.template.language().unwrap_or(NO_LANGUAGE))
}

/// Whether Windows reserves a path's name, or the name of one of its folders.
pub(crate) fn is_reserved(path: &str) -> bool {
    path.split('/').any(|part| {
        let stem = part.split('.').next().unwrap_or_default().trim_end();
        let is_digit =
            |text: &str| only(text.chars()).is_some_and(|digit| "0123456789\u{b9}\u{b2}\u{b3}".contains(digit));
        let is_numbered = |device: &&str| {
            let (name, number) = stem.split_at_checked(device.len()).unwrap_or_default();
            name.eq_ignore_ascii_case(device) && is_digit(number)
        };
        DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device)) || NUMBERED_DEVICES.iter().any(is_numbered)
    })
}

/// The same for all names that are one file on a file system that ignores letter case or Unicode normalization.
fn key(name: &str) -> Cow<'_, str> {
    if !name.is_ascii() {
        return name.nfc().map(folded).collect::<String>().nfc().collect();
    }
    let has_capitals = name.bytes().any(|byte| byte.is_ascii_uppercase());
    if has_capitals { name.to_ascii_lowercase().into() } else { name.into() }
}

/// A character without letter case, as file systems compare it: one by one.
fn folded(character: char) -> char {
    let upper = only(character.to_uppercase()).unwrap_or(character);
    only(upper.to_lowercase()).unwrap_or(upper)
}

fn only(mut characters: impl Iterator<Item = char>) -> Option<char> {
    characters.next().filter(|_| characters.next().is_none())
}

/// The names of a project's snapshots, by what makes them the same file.
#[derive(Debug)]
pub(super) struct SnapshotNames<'p>(HashMap<Cow<'p, str>, (Cow<'p, str>, Case<'p>)>);

impl<'p> SnapshotNames<'p> {
    /// The names, and a problem for each request with a name that is taken or reserved.
    pub(super) fn of(project: &'p Project) -> (Self, Vec<Diagnostic>) {
        let languages = Languages::of(project);
        let cases = project.cases();
        let (mut names, mut problems) = (Self(HashMap::with_capacity(cases.len())), Vec::new());
        // Requests first: their own names are what can be changed.
        let own = cases.iter().map(|case| (Cow::from(case.request.name()), *case));
        let others = cases.iter().flat_map(|case| languages.others(*case));
        let others = others.map(|case| (Cow::from(snapshot_name(&case)), case));
        for (name, case) in own.chain(others) {
            let key = match &name {
                Cow::Borrowed(name) => key(name),
                Cow::Owned(name) => key(name).into_owned().into(),
            };
            match names.0.entry(key) {
                Entry::Vacant(entry) => drop(entry.insert((name, case))),
                Entry::Occupied(entry) => problems.push(collision(&name, &case, &entry.get().0, &entry.get().1)),
            }
        }
        for case in cases.iter().filter(|case| is_reserved(case.request.name())) {
            let name = case.request.name();
            let problem = Diagnostic::error(RESERVED_NAME, format!("`{name}` cannot be a file on Windows"));
            problems.push(problem.at(case.request.source().at(0..0)).help("rename the request"));
        }
        (names, problems)
    }
}

impl Project {
    /// Why a new request for a template cannot have this name; `None` if it can.
    #[must_use]
    pub fn name_problem(&self, name: &str, template: &str) -> Option<String> {
        if is_reserved(name) {
            return Some(format!("`{name}` cannot be a file on Windows"));
        }
        let (names, _) = SnapshotNames::of(self);
        let template = self.templates().iter().find(|known| known.is_called(template));
        let variants = template.into_iter().flat_map(Template::with_variants);
        let variants = variants.map(|variant| format!("{name}@{}", variant.language().unwrap_or(NO_LANGUAGE)));
        let shared = std::iter::once(name.to_owned()).chain(variants).find_map(|name| names.0.get(&*key(&name)));
        shared.map(|(other, case)| match case.request.name() {
            request if *other == *request => format!("the snapshots of `{name}` and `{other}` would be the same file"),
            request => format!("the snapshot of `{name}` would be that of `{request}` in another language"),
        })
    }
}

fn collision(name: &str, case: &Case<'_>, other: &str, earlier: &Case<'_>) -> Diagnostic {
    let (file, other_file) = (case.request.source(), earlier.request.source());
    let message = if name == other {
        format!("two snapshots would be called `{name}`")
    } else {
        format!("the snapshots `{name}` and `{other}` are the same file on some systems")
    };
    let describe = |name: &str, case: &Case<'_>| match case.template.language() {
        Some(language) if name != case.request.name() => format!("one is of this request in the language `{language}`"),
        None if name != case.request.name() => "one is of this request in the main language".to_owned(),
        _ => "one is of this request".to_owned(),
    };
    Diagnostic::error(COLLIDING_NAMES, message)
        .primary(file.at(0..0), describe(name, case))
        .secondary(other_file.at(0..0), describe(other, earlier))
        .help("rename one of the requests: otherwise one of the messages is not tested")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_one_file_have_one_key() {
        for (one, other, is_same) in [
            ("a", "A", true),
            ("order/small", "Order/Small", true),
            ("zo\u{eb}", "zoe\u{308}", true),
            ("ZO\u{cb}", "zoe\u{308}", true),
            ("\u{212a}", "k", true),
            ("\u{17f}", "s", true),
            ("straße", "strasse", false),
            ("a", "b", false),
            ("a/b", "a-b", false),
        ] {
            assert_eq!(key(one) == key(other), is_same, "{one} {other}");
        }
    }

    #[test]
    fn devices_of_windows_are_reserved() {
        for name in ["con", "order/NUL", "aux.old", "Com1", "lpt9.x", "con /x", "com\u{b9}"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["icon", "console", "com", "com10", "x.con", "lpt"] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
