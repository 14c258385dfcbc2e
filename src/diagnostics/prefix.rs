//! The prefix that turns a project's file names into names relative to another folder, such as the repository's root.

use std::collections::HashMap;

use super::{Diagnostic, Label, Source};

/// A prefix of file names, such as `apps/shop/`; empty by default.
///
/// ```
/// use inkproof::diagnostics::Prefix;
///
/// assert_eq!(Prefix::new("apps/shop/").name("templates/order.liquid"), "apps/shop/templates/order.liquid");
/// assert_eq!(Prefix::default().name("templates/order.liquid"), "templates/order.liquid");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// This prefix.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A file's name with the prefix. A name that is not relative to the project is returned unchanged.
    #[must_use]
    pub fn name(&self, file: &str) -> String {
        if file.starts_with('/') { file.to_owned() } else { format!("{}{file}", self.0) }
    }

    /// The same findings, in files whose names have this before them.
    #[must_use]
    pub fn before(&self, diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
        // Findings in one file share its text and what is known of its lines.
        let mut sources: HashMap<String, Source> = HashMap::new();
        let mut renamed = |label: &Label| {
            let source = label.location.source();
            let known = sources.get(source.name()).filter(|known| known.has_text_of(source));
            let source = known.cloned().unwrap_or_else(|| {
                let renamed = source.renamed(self.name(source.name()));
                sources.insert(source.name().to_owned(), renamed.clone());
                renamed
            });
            Label { location: source.at(label.location.range()), text: label.text.clone() }
        };
        let before = |diagnostic: &Diagnostic| Diagnostic {
            primary: diagnostic.primary.as_ref().map(&mut renamed),
            secondary: diagnostic.secondary.iter().map(&mut renamed).collect(),
            ..diagnostic.clone()
        };
        diagnostics.iter().map(before).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Code;

    #[test]
    fn only_names_change() {
        let (one, other) = (Source::new("a.liquid", "one\ntwo"), Source::new("/b.json", "{}"));
        let finding = Diagnostic::error(Code::new("some-code"), "wrong")
            .primary(one.at(4..7), "here")
            .secondary(other.at(0..1), "there")
            .secondary(Source::new("a.liquid", "another text").at(8..12), "");
        let found = Prefix::new("p/").before(std::slice::from_ref(&finding)).remove(0);
        let places: Vec<_> = found.primary.iter().chain(&found.secondary).collect();
        let shown: Vec<_> = places.iter().map(|label| (label.location.to_string(), label.location.text())).collect();
        let shown: Vec<_> = shown.iter().map(|(place, text)| (place.as_str(), *text)).collect();
        assert_eq!(shown, [("p/a.liquid:2:1", "two"), ("/b.json:1:1", "{"), ("p/a.liquid:1:9", "text")]);
        assert_eq!(Prefix::default().before(std::slice::from_ref(&finding)), [finding]);
    }
}
