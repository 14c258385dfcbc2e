//! Readers: find the messages of records, and read no more of a customer than the template does.

use super::Audience;
use super::line::{Lines, Message, NoMessage, members_of};
use crate::analysis::{Needs, PathStep};
use crate::liquid::Arena;
use crate::liquid::value::json::Members;
use crate::liquid::value::number::Numbers;
use crate::message::{CompiledTemplate, SentData, Template};
use crate::records::Record;

/// The variable of the customer.
const CUSTOMER: &str = "customer";
/// What an object answers although it may have no such key.
const ANSWERED: [&str; 3] = ["first", "last", "size"];

/// Reads the messages of records.
pub(super) struct Reader<'t> {
    audience: &'t Audience<'t>,
    variants: Vec<(&'t Template, Numbers)>,
    /// What is read of a customer; everything if `None`.
    attributes: Option<Members>,
}

impl<'t> Reader<'t> {
    /// A reader for these variants of the template.
    pub(super) fn new(audience: &'t Audience<'t>, compiled: &'t [CompiledTemplate<'t>]) -> Self {
        let variants = compiled.iter().map(|compiled| (compiled.template(), compiled.language().dialect().numbers));
        Self { audience, variants: variants.collect(), attributes: attributes_read(audience, compiled) }
    }

    /// The message of a record, and the number of the variant that it is rendered with.
    pub(super) fn message<'a>(&self, record: Record<'a>, arena: &'a Arena) -> Result<(usize, Message<'a>), NoMessage>
    where
        't: 'a,
    {
        self.read(record, self.attributes.as_ref(), arena)
    }

    /// The data of a record with all attributes, from which suggestions are made; `None` if it has no message.
    pub(super) fn all_data<'a>(&self, record: Record<'a>, arena: &'a Arena) -> Option<SentData<'a>>
    where
        't: 'a,
    {
        self.read(record, None, arena).ok().map(|(_, message)| message.data)
    }

    fn read<'a>(
        &self,
        record: Record<'a>,
        attributes: Option<&Members>,
        arena: &'a Arena,
    ) -> Result<(usize, Message<'a>), NoMessage>
    where
        't: 'a,
    {
        let audience = self.audience;
        let is_called = |name: &str| audience.template.is_called(name);
        let mut numbers = self.variants[0].1;
        loop {
            let message = audience.lines.message(record, numbers, attributes, &is_called, arena)?;
            let language = audience.language.or(message.language);
            let template = audience.template.in_language(language);
            let variant = self.variants.iter().position(|(variant, _)| std::ptr::eq(*variant, template));
            let variant = variant.unwrap_or_default();
            // The variant may be written in the other of Customer.io's two versions of Liquid.
            let own = self.variants[variant].1;
            if own == numbers {
                return Ok((variant, Message { language, ..message }));
            }
            numbers = own;
        }
    }
}

/// What is read of each customer; `None` if it may be everything, or if the records are not customers.
fn attributes_read(audience: &Audience<'_>, compiled: &[CompiledTemplate<'_>]) -> Option<Members> {
    if !matches!(audience.lines, Lines::Customers { .. }) || audience.reads_snippets {
        return None;
    }
    let arena = Arena::new();
    let mut names = Vec::new();
    for compiled in compiled {
        let trees: Vec<_> = compiled.texts().iter().map(|text| text.liquid).collect();
        let needs = Needs::from_templates(&trees, compiled.language(), &|_| Vec::new(), &arena);
        if needs.reads_anything {
            return None;
        }
        for read in needs.reads.iter().filter(|read| read.path.root == CUSTOMER) {
            match read.path.steps.first() {
                Some(PathStep::Key(name)) if !ANSWERED.contains(name) => names.push((*name).to_owned()),
                _ => return None,
            }
        }
    }
    Some(members_of(names))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audience::tests::of_customers;
    use crate::diagnostics::Source;
    use crate::liquid::{Value, json};
    use crate::records::Batch;

    /// Which attributes of a customer are read for a message with this title. `None` if it is all of them. The message must be that
    /// of all data.
    fn read(title: &str, line: &str) -> Option<Vec<String>> {
        let text = format!("---\n---\n{{\"title\": \"{title}\", \"body\": \"b\"}}");
        let template = Template::read("t", Source::new("t.liquid", text.as_str())).unwrap();
        let arena = Arena::new();
        let trigger = json::read(r#"{"key": "city"}"#, &arena).unwrap();
        let audience = of_customers(&template, trigger);
        let compiled = [template.compile(&audience.workspace, &arena).unwrap()];
        let reader = Reader::new(&audience, &compiled);
        let batch = Batch::of_json(line);
        let record = batch.records().next().unwrap();
        let (_, message) = reader.message(record, &arena).unwrap();
        let content = |data: &SentData<'_>| {
            let rendering = compiled[0].render_data(data, &audience.options);
            rendering.message.map(|message| message.properties)
        };
        let all_data = reader.all_data(record, &arena).unwrap();
        assert_eq!(content(&message.data), content(&all_data), "{text} {line}");
        let keys = |data: SentData<'_>| match data.customer {
            Value::Object(fields) => fields.entries().iter().map(|(key, _)| (*key).to_owned()).collect(),
            _ => Vec::new(),
        };
        let (some, all) = (keys(message.data), keys(all_data));
        (some != all).then_some(some)
    }

    #[test]
    fn no_more_is_read_of_a_customer_than_the_template_reads() {
        const LINE: &str =
            r#"{"id": "1", "plan": "pro", "city": "Rome", "key": "city", "tags": ["a", "b"], "more": {"deep": 1}}"#;
        for (title, expected) in [
            ("plain", Some(vec!["id"])),
            (
                "{{ customer.city }}{% if customer.plan == 'pro' %}{{ customer.tags[0] }}{% endif %}",
                Some(vec!["id", "plan", "city", "tags"]),
            ),
            ("{% assign all = customer %}{{ all.city }}", None),
            ("{{ customer['more'].deep }}", Some(vec!["id", "more"])),
            ("{{ customer.size }}", None),
            ("{{ customer[trigger.key] }}", None),
            ("{{ customer[customer.key] }}", None),
            ("{% for pair in customer %}{{ pair[0] }}{% endfor %}", None),
            ("{% if customer %}{{ customer | json | size }}{% endif %}", None),
            ("{% assign all = customer | where: 'city', 'Rome' %}{{ all.size }}", None),
            ("{% capture city %}{{ customer.city }}{% endcapture %}{{ city }}", Some(vec!["id", "city"])),
        ] {
            let found = read(title, LINE);
            assert_eq!(found, expected.map(|names| names.into_iter().map(str::to_owned).collect()), "{title}");
        }
    }

    #[test]
    fn customers_in_other_forms_are_read_as_a_whole() {
        for line in [
            r#"{"customer": {"id": "1", "attributes": {"city": "Rome", "plan": "pro"}}}"#,
            r#"{"id": "1", "attributes": {"city": "Rome", "plan": "pro"}}"#,
            r#"{"id": "1", "attributes": {"city": "Oslo"}, "city": "Rome", "plan": "pro"}"#,
            r#"{"customer": {"id": "1", "city": "Rome", "plan": "pro"}, "message_data": {}}"#,
            r#"{"id": "1", "city": "Rome", "plan": "pro", "objects": {"shops": [{"name": "x"}]}}"#,
        ] {
            assert_eq!(read("{{ customer.city }}", line), None, "{line}");
        }
    }
}
