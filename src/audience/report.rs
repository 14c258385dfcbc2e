//! The report, as its formats show it. Its JSON is described by `audience.schema.json`.

use schemars::JsonSchema;
use serde::Serialize;

use super::head::Head;
use super::state::State;
use super::suspicious::KINDS;
use super::tally::Tally;
use super::witness::Witness;
use super::{Reveal, lengths};
use crate::message::{Cause, LossGroup, Losses};

/// How many titles are listed.
const MAX_TITLES: usize = 10;
/// How many languages, types and topics are listed.
const MAX_NAMES: usize = 50;

/// Who would get a message, and who would not.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// The version of inkproof.
    pub version: String,
    /// The name of the template.
    pub template: String,
    /// When the messages are sent.
    pub now: String,
    /// The seed of random filters.
    pub seed: Option<u64>,
    /// Whether missing variables print nothing, as in a test send.
    pub lax: bool,
    /// Whether the report is not about the whole input, and why.
    pub incomplete: Vec<String>,
    /// The sample, if not all records were rendered.
    pub sample: Option<SampleSize>,
    /// How many people get the message.
    pub people: People,
    /// Why messages are lost, the most common cause first.
    pub losses: Vec<Group>,
    /// Records that stand for no message, by reason.
    pub invalid: Vec<Group>,
    /// The warnings of messages that are sent.
    pub warnings: Vec<Group>,
    /// Messages by the language of the person; an empty name means that none is known.
    pub languages: Vec<Counted>,
    /// How many more languages there are than the most common ones, which are listed; at least, if counts are estimates.
    pub more_languages: u64,
    /// Sent messages by type.
    pub types: Vec<Counted>,
    /// How many more types there are.
    pub more_types: u64,
    /// Sent messages by topic.
    pub topics: Vec<Counted>,
    /// How many more topics there are.
    pub more_topics: u64,
    /// The branches of the template, and how many messages reach each.
    pub branches: Vec<Branch>,
    /// The lengths of titles, in characters.
    pub title_length: Option<Lengths>,
    /// The lengths of bodies, in characters.
    pub body_length: Option<Lengths>,
    /// The titles of the sent messages.
    pub titles: Titles,
    /// Titles and bodies that look as if a value was missing.
    pub suspicious: Vec<Suspicious>,
}

/// The size of a sample.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SampleSize {
    /// How many records were to be chosen.
    pub size: u64,
    /// How many records there were.
    pub records: u64,
    /// The share of lost messages among all is between these, in percent, with a probability of 95 %.
    pub lost_percent: [f64; 2],
}

/// How many people get the message. Without a sample, `records` is the sum of `sent`, `lost`, `invalid` and
/// `other_templates`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct People {
    /// How many records there were.
    pub records: u64,
    /// How many messages are sent.
    pub sent: u64,
    /// How many messages are lost.
    pub lost: u64,
    /// The share of lost messages in percent.
    pub lost_percent: f64,
    /// How many messages are sent with warnings.
    pub with_warnings: u64,
    /// How many records are not valid.
    pub invalid: u64,
    /// How many records are requests for other templates.
    pub other_templates: u64,
}

/// Messages or records with one cause.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Group {
    /// The code, which `inkproof explain` describes if it is about a template.
    pub code: String,
    /// The file; empty if the cause is not in a file.
    pub file: String,
    /// The line in the file, from 1; 0 without a file.
    pub line: usize,
    /// The column in the file, from 1, in characters; 0 without a file.
    pub column: usize,
    /// What the file says there.
    pub text: String,
    /// How many there are.
    pub count: u64,
    /// Their share of all messages, or of all records if they are not valid, in percent.
    pub percent: f64,
    /// The first of them.
    pub first: WitnessReport,
    /// The one with the smallest record.
    pub smallest: WitnessReport,
    /// The size of that record in bytes.
    pub smallest_bytes: u64,
}

/// How a person can be found again.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WitnessReport {
    /// The input; `null` if the order of records has no meaning.
    pub input: Option<String>,
    /// The line, from 1.
    pub line: Option<u64>,
    /// The identifier, or the first 16 digits of its SHA-256.
    pub id: Option<String>,
    /// The record, with `--reveal all`.
    pub record: Option<String>,
}

/// How many messages have a value.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Counted {
    /// The value.
    pub name: String,
    /// How many are sent.
    pub sent: u64,
    /// How many are lost; always 0 for types and topics, which lost messages do not have.
    pub lost: u64,
    /// Whether the counts are estimates, because there are very many values.
    pub is_estimated: bool,
}

/// A branch of the template.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Branch {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// `condition`, `loop` or `else`.
    pub kind: String,
    /// The condition or collection; for an `else`, its beginning.
    pub text: String,
    /// How many messages reach it.
    pub count: u64,
}

/// The lengths of texts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Lengths {
    /// Half of the texts are not longer.
    pub p50: u64,
    /// 99 % of the texts are not longer.
    pub p99: u64,
    /// The longest.
    pub longest: u64,
    /// Whose it is.
    pub longest_witness: WitnessReport,
}

/// The titles of the sent messages.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Titles {
    /// How many different titles there are.
    pub distinct: u64,
    /// Whether that is an estimate.
    pub distinct_is_estimated: bool,
    /// Whether titles have expressions in place of what they print, because the report does not reveal data.
    pub are_patterns: bool,
    /// The most common titles.
    pub most_common: Vec<TitleCount>,
}

/// A common title.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TitleCount {
    /// The title, or its pattern.
    pub title: String,
    /// How many messages have it.
    pub count: u64,
    /// Whether that is an estimate.
    pub is_estimated: bool,
}

/// Titles or bodies that look as if a value was missing.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Suspicious {
    /// `title` or `body`.
    pub property: String,
    /// The stable name of what looks wrong.
    pub kind: String,
    /// What looks wrong.
    pub description: String,
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub first: WitnessReport,
    /// The one with the smallest record.
    pub smallest: WitnessReport,
}

impl Report {
    /// The JSON Schema of the report.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    pub(super) fn new(head: &Head, state: &State) -> Self {
        let (messages, lost, invalid) = (state.messages(), state.losses.count(), state.invalid.count());
        let rendered = messages + invalid + state.other_templates;
        let mut incomplete = state.cut.clone();
        incomplete.dedup();
        Self {
            version: head.version.clone(),
            template: head.template.clone(),
            now: head.now.clone(),
            seed: head.seed,
            lax: head.is_lax,
            incomplete,
            sample: head.sample.map(|size| SampleSize {
                size,
                records: state.records,
                lost_percent: interval(lost, messages),
            }),
            people: People {
                records: state.records,
                sent: state.sent,
                lost,
                lost_percent: percent(lost, messages),
                with_warnings: state.with_warnings,
                invalid,
                other_templates: state.other_templates,
            },
            losses: groups(&state.losses, messages),
            invalid: groups(&state.invalid, rendered),
            warnings: groups(&state.warnings, messages),
            languages: names(&state.languages),
            more_languages: more_names(&state.languages),
            types: names(&state.types),
            more_types: more_names(&state.types),
            topics: names(&state.topics),
            more_topics: more_names(&state.topics),
            branches: branches(head, state),
            title_length: lengths(&state.title_lengths),
            body_length: lengths(&state.body_lengths),
            titles: titles(head, state),
            suspicious: suspicious(state),
        }
    }

    /// How many people get no message, because it is lost or their record is not valid, and how many should get one.
    #[must_use]
    pub const fn failed(&self) -> (u64, u64) {
        let failed = self.people.lost + self.people.invalid;
        (failed, failed + self.people.sent)
    }

    /// How many branches are reached.
    #[must_use]
    pub fn reached_branches(&self) -> usize {
        self.branches.iter().filter(|branch| branch.count > 0).count()
    }
}

impl WitnessReport {
    fn new(witness: &Witness) -> Self {
        let (input, line) = witness.place.as_ref().map(|place| (place.input.to_string(), place.line)).unzip();
        Self { input, line, id: witness.id.clone(), record: witness.record.clone() }
    }
}

fn groups(losses: &Losses<Witness>, all: u64) -> Vec<Group> {
    let group = |(cause, group): (&Cause, &LossGroup<Witness>)| Group {
        code: cause.code.clone(),
        file: cause.file.clone(),
        line: cause.line,
        column: cause.column,
        text: cause.text.clone(),
        count: group.count,
        percent: percent(group.count, all),
        first: WitnessReport::new(&group.first),
        smallest: WitnessReport::new(&group.smallest),
        smallest_bytes: group.smallest_size,
    };
    losses.groups().into_iter().map(group).collect()
}

fn names(tally: &Tally) -> Vec<Counted> {
    let values = tally.values().into_iter().take(MAX_NAMES);
    let counted = values.map(|tallied| Counted {
        name: tallied.value.to_owned(),
        sent: tallied.sent,
        lost: tallied.lost,
        is_estimated: tally.is_estimated(),
    });
    counted.collect()
}

/// How many names are not listed.
fn more_names(tally: &Tally) -> u64 {
    tally.values().len().saturating_sub(MAX_NAMES) as u64
}

fn branches(head: &Head, state: &State) -> Vec<Branch> {
    let variants = head.variants.iter().zip(&state.branches);
    let branches = variants.flat_map(|(variant, counts)| {
        variant.branches.iter().zip(counts).map(|(branch, count)| Branch {
            file: variant.file.clone(),
            line: branch.line,
            column: branch.column,
            kind: branch.kind.clone(),
            text: branch.text.clone(),
            count: *count,
        })
    });
    branches.collect()
}

fn lengths(lengths: &lengths::Lengths) -> Option<Lengths> {
    let (longest, witness) = lengths.longest.as_ref()?;
    Some(Lengths {
        p50: lengths.percentile(50)?,
        p99: lengths.percentile(99)?,
        longest: *longest,
        longest_witness: WitnessReport::new(witness),
    })
}

fn titles(head: &Head, state: &State) -> Titles {
    let common = state.titles.values().into_iter().take(MAX_TITLES);
    let common = common.map(|tallied| TitleCount {
        title: tallied.value.to_owned(),
        count: tallied.sent,
        is_estimated: state.titles.is_estimated(),
    });
    Titles {
        distinct: state.distinct_titles.count(),
        distinct_is_estimated: state.distinct_titles.is_estimated(),
        are_patterns: head.reveal != Reveal::All,
        most_common: common.collect(),
    }
}

fn suspicious(state: &State) -> Vec<Suspicious> {
    let groups = state.suspicious.groups().into_iter();
    // A template that writes no body at all means it.
    let groups = groups.filter(|(cause, group)| cause.code != KINDS[0].0 || group.count < state.sent);
    let suspicious = groups.map(|(cause, group)| Suspicious {
        property: cause.file.clone(),
        kind: cause.code.clone(),
        description: KINDS.iter().find(|(name, _)| *name == cause.code).map_or("", |(_, meaning)| meaning).to_owned(),
        count: group.count,
        first: WitnessReport::new(&group.first),
        smallest: WitnessReport::new(&group.smallest),
    });
    suspicious.collect()
}

/// A share in percent, to four digits after the point.
#[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 * 1e6 / whole as f64).round() / 1e4 }
}

/// The Wilson score interval of a share, in percent.
#[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
fn interval(part: u64, whole: u64) -> [f64; 2] {
    const Z: f64 = 1.96;
    if whole == 0 {
        return [0.0, 100.0];
    }
    let (count, share) = (whole as f64, part as f64 / whole as f64);
    let middle = share + Z * Z / (2.0 * count);
    let spread = Z * (share * (1.0 - share) / count + Z * Z / (4.0 * count * count)).sqrt();
    let scale = 1.0 + Z * Z / count;
    [middle - spread, middle + spread].map(|bound| ((bound / scale).clamp(0.0, 1.0) * 1e6).round() / 1e4)
}
