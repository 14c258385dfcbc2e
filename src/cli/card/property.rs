//! Guesses how an inbox shows the properties of a message: URLs are buttons or images, everything else is data.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::json::pointer_token;

/// A property, or several that belong together, as a card shows them. Each property is in exactly one part.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'a> {
    /// A URL to open.
    Button {
        /// The property that contains the URL.
        name: &'a str,
        /// The button's text, if another property has it.
        label: Option<&'a str>,
        address: &'a str,
        /// The JSON pointer of the URL.
        path: String,
    },
    /// An image's URL.
    Image { name: &'a str, alt: Option<&'a str>, address: &'a str, path: String },
    /// Anything else.
    Data(&'a str, &'a Value),
}

/// Last words of names of properties that contain URLs.
const ADDRESS_WORDS: &[&str] = &["url", "link", "href", "uri", "deeplink", "action", "target"];
/// Last words of names of properties that contain a button's text.
const LABEL_WORDS: &[&str] = &["label", "text", "title", "caption", "name"];
/// Words in names of properties that contain images.
const IMAGE_WORDS: &[&str] =
    &["image", "img", "icon", "avatar", "logo", "picture", "photo", "thumbnail", "thumb", "banner", "cover", "hero"];
const IMAGE_EXTENSIONS: &[&str] = &["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "ico"];
/// Last words of names of properties that contain several buttons.
const BUTTONS_WORDS: &[&str] = &["buttons", "actions", "links", "ctas"];

/// The parts of all properties except `title` and `body`, which the card shows elsewhere if they are strings.
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
        let path = pointer_token(name);
        match value {
            Value::String(text) => match address_kind(name, text) {
                Some(AddressKind::Image) => parts.push(Part::Image { name, alt: None, address: text, path }),
                Some(AddressKind::Button) => {
                    let label = labels.get(name).map(|(_, label)| *label);
                    parts.push(Part::Button { name, label, address: text, path });
                }
                None => parts.push(Part::Data(name, value)),
            },
            Value::Object(members) => {
                parts.push(button_or_image(name, &path, members).unwrap_or(Part::Data(name, value)));
            }
            Value::Array(items) => match buttons(name, &path, items) {
                Some(buttons) => parts.extend(buttons),
                None => parts.push(Part::Data(name, value)),
            },
            _ => parts.push(Part::Data(name, value)),
        }
    }
    parts
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AddressKind {
    Button,
    Image,
}

/// What a string property links to; `None` if it is not a URL or path.
fn address_kind(name: &str, text: &str) -> Option<AddressKind> {
    let words = words(name);
    let is_path = text.starts_with('/') && is_one_word(text);
    if has_image_word(&words) && (is_address(text) || is_path || (is_one_word(text) && has_image_extension(text))) {
        return Some(AddressKind::Image);
    }
    if is_address(text) {
        return Some(if has_image_extension(text) { AddressKind::Image } else { AddressKind::Button });
    }
    (is_path && has_address_word(&words)).then_some(AddressKind::Button)
}

/// Finds the label of each button: `cta_label`, or `cta` itself, is the label of `cta_url`. Maps the name of a URL
/// property to the name and value of its label.
fn labels<'a>(properties: &[(&'a str, &'a Value)]) -> HashMap<&'a str, (&'a str, &'a str)> {
    let strings: HashMap<String, (&str, &str)> = properties
        .iter()
        .filter_map(|(name, value)| Some((words(name).join(" "), (*name, value.as_str()?))))
        .filter(|(_, (name, text))| address_kind(name, text).is_none())
        .collect();
    let mut labels = HashMap::new();
    let mut taken = HashSet::new();
    for (name, value) in properties {
        let Some(text) = value.as_str() else { continue };
        if address_kind(name, text) != Some(AddressKind::Button) {
            continue;
        }
        let words = words(name);
        let base = if has_address_word(&words) { &words[..words.len() - 1] } else { &words[..] };
        let mut candidates = Vec::new();
        for label in LABEL_WORDS {
            candidates.push([&words[..], &[(*label).to_owned()]].concat().join(" "));
            // For a plain `url`, `title` is the title of the message, not a label.
            if !base.is_empty() {
                candidates.push([base, &[(*label).to_owned()]].concat().join(" "));
            }
        }
        candidates.push(if base.is_empty() { "label".to_owned() } else { base.join(" ") });
        let found = candidates.iter().find_map(|candidate| strings.get(candidate));
        if let Some(label) = found.filter(|(label, _)| label != name && taken.insert(*label)) {
            labels.insert(*name, *label);
        }
    }
    labels
}

/// Recognizes `{"label": "Open", "url": "https://…"}`, and `{"src": "…", "alt": "…"}` if the name suggests an image.
fn button_or_image<'a>(name: &'a str, path: &str, members: &'a Map<String, Value>) -> Option<Part<'a>> {
    let (mut label, mut address) = (None, None);
    for (member, value) in members {
        let text = value.as_str()?;
        let words = words(member);
        let last = words.last().map(String::as_str).unwrap_or_default();
        let text = (text, member.as_str());
        let slot = if ADDRESS_WORDS.contains(&last) || last == "src" {
            &mut address
        } else if LABEL_WORDS.contains(&last) || last == "alt" {
            &mut label
        } else {
            return None;
        };
        if slot.replace(text).is_some() {
            return None;
        }
    }
    let (address, member) = address?;
    let label = label.map(|(label, _)| label);
    let path = format!("{path}{}", pointer_token(member));
    if has_image_word(&words(name)) && is_one_word(address) {
        return Some(Part::Image { name, alt: label, address, path });
    }
    (is_address(address) || (address.starts_with('/') && is_one_word(address))).then_some(Part::Button {
        name,
        label,
        address,
        path,
    })
}

/// Recognizes a list of buttons, each an object that [`button_or_image`] recognizes.
fn buttons<'a>(name: &'a str, path: &str, items: &'a [Value]) -> Option<Vec<Part<'a>>> {
    let words = words(name);
    if items.is_empty() || !words.last().is_some_and(|last| BUTTONS_WORDS.contains(&last.as_str())) {
        return None;
    }
    let items = items.iter().enumerate();
    items.map(|(index, item)| button_or_image(name, &format!("{path}/{index}"), item.as_object()?)).collect()
}

/// Splits `ctaUrl`, `cta_url` and `cta-url` into lower-case words.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in name.chars() {
        let starts_word = character.is_uppercase() && was_lower;
        was_lower = character.is_lowercase();
        if starts_word || !character.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn has_image_word(words: &[String]) -> bool {
    words.iter().any(|word| IMAGE_WORDS.contains(&word.as_str()))
}

fn has_address_word(words: &[String]) -> bool {
    words.last().is_some_and(|last| ADDRESS_WORDS.contains(&last.as_str()))
}

/// Whether the whole string is a URL: of the web, of an app (`app://`), or `mailto:`, `tel:`, `sms:`.
fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c));
    let has_target = rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty())
        || (["mailto", "tel", "sms"].contains(&scheme) && !rest.is_empty())
        || (scheme == "data" && rest.starts_with("image/"));
    is_scheme && has_target && is_one_word(text)
}

fn is_one_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

/// The last segment of a URL's path; `None` if the path is missing or ends with a slash.
pub(super) fn file_name(address: &str) -> Option<&str> {
    let path = address.split(['?', '#']).next()?;
    let path = path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    path.rsplit('/').next().filter(|name| !name.is_empty() && !name.starts_with("data:"))
}

fn has_image_extension(address: &str) -> bool {
    let ending = file_name(address).and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| IMAGE_EXTENSIONS.contains(&ending.as_str())) || address.starts_with("data:image/")
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
    fn urls_are_buttons_labelled_by_related_properties() {
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
            // Nothing is hidden: objects with more than a label and a URL are data.
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
    fn recognizes_images() {
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
    fn takes_file_names_from_urls() {
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
