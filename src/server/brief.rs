//! Brief renders: those that are so short that a thread which answers requests can do them itself. To hand a message to another
//! thread and to wait for it takes several times as long as to render most messages.
//!
//! A brief render has limits that it cannot exceed by much, so that no other request waits long for it. Whatever exceeds them,
//! or fails for another reason, is rendered again by a thread that may take long.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::current_project;
use crate::liquid::Limits;
use crate::message::{Customer, RenderOptions, Rendering, Request, Template};
use crate::project::Project;

/// The largest request, and the largest template, customer and snippets together, in bytes.
const MAX_REQUEST: usize = 16 << 10;
const MAX_FILES: usize = 64 << 10;

/// The limits of a render.
const TIME: Duration = Duration::from_millis(1);
const MEMORY: f64 = 1e5;
const OUTPUT: usize = 64 << 10;
const ARENA: usize = 1 << 20;

/// After a template took too long, how many of its messages are rendered elsewhere until it is tried again.
const PAUSE: u32 = 100;

/// How many templates are remembered that took too long.
const MAX_SLOW: usize = 256;

thread_local! {
    /// The templates that took too long on this thread, and for how many messages that counts.
    static SLOW: RefCell<HashMap<String, u32>> = RefCell::new(HashMap::new());
}

/// Whether a request is short enough.
pub(super) fn is_short(request: &str) -> bool {
    request.len() <= MAX_REQUEST
}

/// Renders the message of a template for a customer and a request; `None` if that takes long, and if it fails.
pub(super) fn render(
    project: &Arc<Project>,
    template: &Template,
    customer: &Customer,
    request: &Request,
    options: &RenderOptions,
) -> Option<Rendering> {
    if !is_small(project, template, customer) || is_slow(template.source().name()) {
        return None;
    }
    let limits = Limits { render_time: TIME, memory: MEMORY, output: OUTPUT, arena: ARENA, ..options.limits };
    let start = Instant::now();
    let options = RenderOptions { limits, ..*options };
    let rendering =
        current_project::with_compiled(project, |compiled| compiled.render_sent(template, customer, request, &options));
    if rendering.is_none() && start.elapsed() >= TIME {
        remember(template.source().name());
    }
    rendering
}

/// Whether what is read for a message is small. A schema may take long to check, whatever its size.
fn is_small(project: &Project, template: &Template, customer: &Customer) -> bool {
    let snippets: usize = project.snippets().iter().map(|snippet| snippet.source().text().len()).sum();
    template.settings().message_data.is_none()
        && template.source().text().len() + customer.source().text().len() + snippets <= MAX_FILES
}

/// Whether a template took too long a short time ago.
fn is_slow(template: &str) -> bool {
    SLOW.with_borrow_mut(|slow| {
        let Some(left) = slow.get_mut(template) else { return false };
        *left -= 1;
        if *left == 0 {
            slow.remove(template);
        }
        true
    })
}

fn remember(template: &str) {
    SLOW.with_borrow_mut(|slow| {
        if slow.len() < MAX_SLOW {
            slow.insert(template.to_owned(), PAUSE);
        }
    });
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::current_project::CurrentProject;
    use super::*;
    use crate::diagnostics::{Diagnostics, Source};
    use crate::liquid::Mode;

    #[test]
    fn only_short_renders_that_succeed_are_brief() {
        let folder = tempfile::tempdir().unwrap();
        let templates = folder.path().join("templates");
        std::fs::create_dir(&templates).unwrap();
        let slow = "{% assign l = (1..3000) %}{% for a in l %}{% for b in l %}{% for c in l %}{% assign x = a | plus: b %}\
                    {% endfor %}{% endfor %}{% endfor %}{}";
        for (name, content) in [
            ("small", r#"{"title": "Hi {{ customer.id }}"}"#.to_owned()),
            ("failing", "{{ trigger.missing }}".to_owned()),
            ("hasty", r#"{"title": "Hi",}"#.to_owned()),
            ("slow", slow.to_owned()),
            ("large", format!("{{\"title\": \"{}\"}}", "x".repeat(MAX_FILES))),
            ("wordy", "{% for a in (1..9000) %}a long line{% endfor %}{}".to_owned()),
        ] {
            std::fs::write(templates.join(format!("{name}.liquid")), format!("---\n---\n{content}")).unwrap();
        }
        let (project, _) = CurrentProject::open(folder.path(), |_| {}).unwrap().get();
        let customer = Customer::read(Source::new("c.json", r#"{"id": "a"}"#)).unwrap();
        let (now, limits) = (Timestamp::UNIX_EPOCH, Limits::default());
        let options = RenderOptions { now, mode: Mode::Live, seed: None, limits, asks_test_send: true };
        let title = |name: &str| {
            let text = format!(r#"{{"transactional_message_id": "{name}", "identifiers": {{"id": "a"}}}}"#);
            let request = Request::read("r", Source::new("r.json", text), &mut Diagnostics::new()).unwrap();
            let template = project.template_for(&request).unwrap();
            let rendering = render(&project, template, &customer, &request, &options)?;
            let title = rendering.message.unwrap().properties["title"].as_str().map(str::to_owned);
            title.map(|title| (title, rendering.problems.len()))
        };
        assert_eq!(title("small"), Some(("Hi a".to_owned(), 0)));
        assert_eq!(title("hasty"), Some(("Hi".to_owned(), 1)), "with a warning");
        for name in ["failing", "slow", "large", "wordy"] {
            assert_eq!(title(name), None, "{name}");
        }
        let slow = "templates/slow.liquid";
        assert!((0..PAUSE).all(|_| is_slow(slow)));
        assert!(!is_slow(slow), "it is tried again");
        assert!(!is_slow("templates/failing.liquid") && !is_slow("templates/small.liquid"));
        assert!(is_short(&"x".repeat(MAX_REQUEST)) && !is_short(&"x".repeat(MAX_REQUEST + 1)));
    }
}
