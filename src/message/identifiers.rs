//! Identifiers: what requests and customers name a person by.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The kinds of identifier that a customer can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// `id`
    Id,
    /// `email`
    Email,
    /// `cio_id`
    CioId,
}

impl IdentifierKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Id, Self::Email, Self::CioId];

    /// The name of the field in a request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email",
            Self::CioId => "cio_id",
        }
    }

    /// An identifier in the form in which identifiers of this kind are compared: email addresses ignore letter case.
    #[must_use]
    pub fn folded(self, value: &str) -> Cow<'_, str> {
        match self {
            Self::Email if value.bytes().any(|byte| byte.is_ascii_uppercase()) => value.to_ascii_lowercase().into(),
            _ => value.into(),
        }
    }
}

/// The identifiers of a person, at most one of each kind. Cloning is cheap: clones share them. Serializes to an object.
///
/// ```
/// use inkproof::message::{IdentifierKind, Identifiers};
/// let mut identifiers = Identifiers::default();
/// identifiers.set(IdentifierKind::Id, "user_123".to_owned());
/// assert_eq!(identifiers.get(IdentifierKind::Id), Some("user_123"));
/// assert_eq!(identifiers.get(IdentifierKind::Email), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identifiers(Arc<[Option<String>; 3]>);

impl Identifiers {
    /// The identifiers that `of` has, by kind.
    pub fn from_fn(of: impl FnMut(IdentifierKind) -> Option<String>) -> Self {
        Self(Arc::new(IdentifierKind::ALL.map(of)))
    }

    /// The identifier of a kind.
    #[must_use]
    pub fn get(&self, kind: IdentifierKind) -> Option<&str> {
        self.0[kind as usize].as_deref()
    }

    /// All of them, in the order of the names of their kinds.
    pub fn iter(&self) -> impl Iterator<Item = (IdentifierKind, &str)> {
        IdentifierKind::ALL.into_iter().rev().filter_map(|kind| Some((kind, self.get(kind)?)))
    }

    /// Sets the identifier of a kind.
    pub fn set(&mut self, kind: IdentifierKind, value: String) {
        Arc::make_mut(&mut self.0)[kind as usize] = Some(value);
    }
}

impl Serialize for Identifiers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(kind, value)| (kind.as_str(), value)))
    }
}

impl<'de> Deserialize<'de> for Identifiers {
    fn deserialize<D: Deserializer<'de>>(object: D) -> Result<Self, D::Error> {
        let mut given = BTreeMap::<Cow<'de, str>, String>::deserialize(object)?;
        Ok(Self::from_fn(|kind| given.remove(kind.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_written_as_an_object_in_the_order_of_their_names() {
        let mut identifiers = Identifiers::default();
        for kind in IdentifierKind::ALL {
            identifiers.set(kind, format!("its {}", kind.as_str()));
        }
        let before = identifiers.clone();
        identifiers.set(IdentifierKind::Id, "7".to_owned());
        let json = r#"{"cio_id":"its cio_id","email":"its email","id":"7"}"#;
        assert_eq!(serde_json::to_string(&identifiers).unwrap(), json);
        assert_eq!(serde_json::from_str::<Identifiers>(json).unwrap(), identifiers);
        assert_eq!(before.get(IdentifierKind::Id), Some("its id"), "a clone does not change");
    }
}
