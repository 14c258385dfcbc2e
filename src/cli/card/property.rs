//! What the properties of a message are to its reader: addresses are buttons, images have names, and all else is data.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::json::pointer_step;

/// A property, or several that belong together, as a card shows them. Each property is in exactly one.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'a> {
    /// Somewhere to go.
    Button {
        /// The property that has the address.
        name: &'a str,
        /// What stands on it, where the message says so.
        label: Option<&'a str>,
        address: &'a str,
        /// Where the address stands, as a JSON pointer.
        path: String,
    },
    /// Something to look at.
    Image { name: &'a str, alt: Option<&'a str>, address: &'a str, path: String },
    /// Anything else.
    Data(&'a str, &'a Value),
}

/// Last words of properties that hold addresses.
const ADDRESS_WORDS: &[&str] = &["url", "link", "href", "uri", "deeplink", "action", "target"];
/// Last words of properties that hold what stands on a button.
const LABEL_WORDS: &[&str] = &["label", "text", "title", "caption", "name"];
/// Words of properties that hold images.
const IMAGE_WORDS: &[&str] =
    &["image", "img", "icon", "avatar", "logo", "picture", "photo", "thumbnail", "thumb", "banner", "cover", "hero"];
const IMAGE_ENDINGS: &[&str] = &["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "ico"];
/// Words of properties that hold several buttons.
const BUTTONS_WORDS: &[&str] = &["buttons", "actions", "links", "ctas"];

/// The parts of all properties but `title` and `body`, which have places of their own where they are texts.
pub(super) fn parts(properties: &Map<String, Value>) -> Vec<Part<'_>> {
    let others: Vec<_> = properties
        .iter()
        .filter(|(name, value)| !(matches!(name.as_str(), "title" | "body") && value.is_string()))
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    let labels = labels(&others);
    let taken: HashSet<&str> = labels.values().map(|(name, _)| *name).collect();
    let mut parts = Vec::new();
    for (name, value) in others.iter().filter(|(name, _)| !taken.contains(name)) {
        let path = pointer_step(name);
        match value {
            Value::String(text) => match address_kind(name, text) {
                Some(Kind::Image) => parts.push(Part::Image { name, alt: None, address: text, path }),
                Some(Kind::Button) => {
                    let label = labels.get(name).map(|(_, label)| *label);
                    parts.push(Part::Button { name, label, address: text, path });
                }
                None => parts.push(Part::Data(name, value)),
            },
            Value::Object(members) => parts.push(of_object(name, &path, members).unwrap_or(Part::Data(name, value))),
            Value::Array(items) => match of_array(name, &path, items) {
                Some(buttons) => parts.extend(buttons),
                None => parts.push(Part::Data(name, value)),
            },
            _ => parts.push(Part::Data(name, value)),
        }
    }
    parts
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Button,
    Image,
}

/// What a text under a name leads to; none where it is no address.
fn address_kind(name: &str, text: &str) -> Option<Kind> {
    let words = words(name);
    let is_path = text.starts_with('/') && is_one_word(text);
    if is_of_image(&words) && (is_address(text) || is_path || (is_one_word(text) && has_image_ending(text))) {
        return Some(Kind::Image);
    }
    if is_address(text) {
        return Some(if has_image_ending(text) { Kind::Image } else { Kind::Button });
    }
    (is_path && is_of_address(&words)).then_some(Kind::Button)
}

/// `cta_label` stands on the button of `cta_url`, and so does `cta` itself: by the name of each address, the property
/// with its label.
fn labels<'a>(properties: &[(&'a str, &'a Value)]) -> HashMap<&'a str, (&'a str, &'a str)> {
    let texts: HashMap<String, (&str, &str)> = properties
        .iter()
        .filter_map(|(name, value)| Some((words(name).join(" "), (*name, value.as_str()?))))
        .filter(|(_, (name, text))| address_kind(name, text).is_none())
        .collect();
    let mut labels = HashMap::new();
    let mut taken = HashSet::new();
    for (name, value) in properties {
        let Some(text) = value.as_str() else { continue };
        if address_kind(name, text) != Some(Kind::Button) {
            continue;
        }
        let words = words(name);
        let base = if is_of_address(&words) { &words[..words.len() - 1] } else { &words[..] };
        let mut candidates = Vec::new();
        for label in LABEL_WORDS {
            candidates.push([&words[..], &[(*label).to_owned()]].concat().join(" "));
            // Without a name of its own, `title` is the message's.
            if !base.is_empty() {
                candidates.push([base, &[(*label).to_owned()]].concat().join(" "));
            }
        }
        candidates.push(if base.is_empty() { "label".to_owned() } else { base.join(" ") });
        let found = candidates.iter().find_map(|candidate| texts.get(candidate));
        if let Some(label) = found.filter(|(label, _)| label != name && taken.insert(*label)) {
            labels.insert(*name, *label);
        }
    }
    labels
}

/// `{"label": "Open", "url": "https://…"}`, and `{"src": "…", "alt": "…"}` where an image is expected.
fn of_object<'a>(name: &'a str, path: &str, members: &'a Map<String, Value>) -> Option<Part<'a>> {
    let (mut label, mut address) = (None, None);
    for (member, value) in members {
        let text = value.as_str()?;
        let words = words(member);
        let last = words.last().map(String::as_str).unwrap_or_default();
        let text = (text, member.as_str());
        let place = if ADDRESS_WORDS.contains(&last) || last == "src" {
            &mut address
        } else if LABEL_WORDS.contains(&last) || last == "alt" {
            &mut label
        } else {
            return None;
        };
        if place.replace(text).is_some() {
            return None;
        }
    }
    let (address, member) = address?;
    let label = label.map(|(label, _)| label);
    let path = format!("{path}{}", pointer_step(member));
    if is_of_image(&words(name)) && is_one_word(address) {
        return Some(Part::Image { name, alt: label, address, path });
    }
    (is_address(address) || (address.starts_with('/') && is_one_word(address))).then_some(Part::Button {
        name,
        label,
        address,
        path,
    })
}

/// A list of buttons, each an object as above.
fn of_array<'a>(name: &'a str, path: &str, items: &'a [Value]) -> Option<Vec<Part<'a>>> {
    let words = words(name);
    if items.is_empty() || !words.last().is_some_and(|last| BUTTONS_WORDS.contains(&last.as_str())) {
        return None;
    }
    let items = items.iter().enumerate();
    items.map(|(place, item)| of_object(name, &format!("{path}/{place}"), item.as_object()?)).collect()
}

/// `ctaUrl`, `cta_url` and `cta-url` as words.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in name.chars() {
        let begins = character.is_uppercase() && was_lower;
        was_lower = character.is_lowercase();
        if begins || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_of_image(words: &[String]) -> bool {
    words.iter().any(|word| IMAGE_WORDS.contains(&word.as_str()))
}

fn is_of_address(words: &[String]) -> bool {
    words.last().is_some_and(|last| ADDRESS_WORDS.contains(&last.as_str()))
}

/// Whether a text is nothing but an address: of the web, of an app, or of a person.
fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c));
    let leads = rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty())
        || (["mailto", "tel", "sms"].contains(&scheme) && !rest.is_empty())
        || (scheme == "data" && rest.starts_with("image/"));
    is_scheme && leads && is_one_word(text)
}

fn is_one_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

/// The last part of an address's path; none where it ends in nothing, or has a slash too few.
pub(super) fn file_name(address: &str) -> Option<&str> {
    let path = address.split(['?', '#']).next()?;
    let path = path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    path.rsplit('/').next().filter(|name| !name.is_empty() && !name.starts_with("data:"))
}

fn has_image_ending(address: &str) -> bool {
    let ending = file_name(address).and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| IMAGE_ENDINGS.contains(&ending.as_str())) || address.starts_with("data:image/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(properties: &str) -> Vec<String> {
        let properties: Map<String, Value> = serde_json::from_str(properties).unwrap();
        let shown = parts(&properties).into_iter().map(|part| match part {
            Part::Button { name, label, address, .. } => format!("button {name} {} {address}", label.unwrap_or("-")),
            Part::Image { name, alt, address, .. } => format!("image {name} {} {address}", alt.unwrap_or("-")),
            Part::Data(name, value) => format!("{name} {value}"),
        });
        shown.collect()
    }

    #[test]
    fn addresses_are_buttons_with_the_labels_beside_them() {
        for (properties, expected) in [
            (r#"{"title": "t", "body": "b", "link": "https://x.example"}"#, vec!["button link - https://x.example"]),
            (r#"{"cta_label": "Go", "cta_url": "https://x.example"}"#, vec!["button cta_url Go https://x.example"]),
            (r#"{"ctaUrl": "app://home", "ctaText": "Go"}"#, vec!["button ctaUrl Go app://home"]),
            (r#"{"cta": "Go", "cta_link": "/home"}"#, vec!["button cta_link Go /home"]),
            (r#"{"url": "https://x.example", "label": "Go"}"#, vec!["button url Go https://x.example"]),
            (r#"{"url": "https://x.example", "title": 1}"#, vec!["button url - https://x.example", "title 1"]),
            (r#"{"button": {"text": "Go", "href": "/x"}}"#, vec!["button button Go /x"]),
            (
                r#"{"buttons": [{"label": "A", "url": "/a"}, {"label": "B", "url": "/b"}]}"#,
                vec!["button buttons A /a", "button buttons B /b"],
            ),
            // Nothing is hidden: what is more than a button is data.
            (
                r#"{"button": {"text": "Go", "href": "/x", "size": "xl"}}"#,
                vec![r#"button {"text":"Go","href":"/x","size":"xl"}"#],
            ),
            (r#"{"links": [{"url": "/a"}, 1]}"#, vec![r#"links [{"url":"/a"},1]"#]),
            (r#"{"note": "see https://x.example"}"#, vec![r#"note "see https://x.example""#]),
            (r#"{"at": "12:30", "action": "open"}"#, vec![r#"at "12:30""#, r#"action "open""#]),
        ] {
            assert_eq!(shown(properties), expected, "{properties}");
        }
    }

    #[test]
    fn images_are_named() {
        for (properties, expected) in [
            (r#"{"image_url": "https://x.example/a"}"#, "image image_url - https://x.example/a"),
            (r#"{"icon": "bell.svg"}"#, "image icon - bell.svg"),
            (r#"{"icon": "bell"}"#, r#"icon "bell""#),
            (r#"{"link": "https://x.example/a.PNG?w=1"}"#, "image link - https://x.example/a.PNG?w=1"),
            (r#"{"hero": {"src": "/a.png", "alt": "A"}}"#, "image hero A /a.png"),
        ] {
            assert_eq!(shown(properties), [expected], "{properties}");
        }
    }

    #[test]
    fn files_have_names() {
        for (address, expected) in [
            ("https://x.example/a/hero.png?w=2", Some("hero.png")),
            ("https://x.example", None),
            ("https://x.example/", None),
            ("bell.svg", Some("bell.svg")),
        ] {
            assert_eq!(file_name(address), expected, "{address}");
        }
    }
}
