//! A report as text for people.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{headline, more, place, share};
use crate::audience::{Counted, Group, Lengths, Report};
use crate::diagnostics::{Thousands, sanitize};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}", headline(report))?;
    for reason in &report.incomplete {
        writeln!(out, "{YELLOW}incomplete:{YELLOW:#} {}", sanitize::line(reason))?;
    }
    if let Some(sample) = &report.sample {
        let [low, high] = sample.lost_percent;
        let (size, all) = (count(sample.size.min(sample.records)), count(sample.records));
        writeln!(
            out,
            "a random sample of {size} of {all} records: {} to {} of all are lost (95 %)",
            share(low),
            share(high)
        )?;
    }
    groups("Lost", RED, &report.losses, report, out)?;
    groups("Invalid records", RED, &report.invalid, report, out)?;
    groups("Warnings", YELLOW, &report.warnings, report, out)?;
    if !report.suspicious.is_empty() {
        writeln!(out, "\n{BOLD}Suspicious texts{BOLD:#}")?;
        for text in &report.suspicious {
            writeln!(
                out,
                "{:>11}  {YELLOW}{}{YELLOW:#}: {}",
                count(text.count).to_string(),
                text.property,
                text.description
            )?;
            writeln!(out, "             {DIM}first {}{DIM:#}", place(&text.first))?;
        }
    }
    names("Languages", &report.languages, report.more_languages, true, out)?;
    names("Types", &report.types, report.more_types, false, out)?;
    names("Topics", &report.topics, report.more_topics, false, out)?;
    branches(report, out)?;
    if report.title_length.is_some() || report.body_length.is_some() {
        writeln!(out, "\n{BOLD}Lengths in characters{BOLD:#}")?;
        for (name, lengths) in [("title", &report.title_length), ("body", &report.body_length)] {
            if let Some(Lengths { p50, p99, longest, longest_witness }) = lengths {
                let whose = place(longest_witness);
                writeln!(
                    out,
                    "  {name:<5}  half have at most {p50}, 99 % at most {p99}, the longest has {longest}: {DIM}{whose}{DIM:#}"
                )?;
            }
        }
    }
    titles(report, out)
}

fn count(number: u64) -> Thousands {
    Thousands(usize::try_from(number).unwrap_or(usize::MAX))
}

fn groups(title: &str, style: Style, groups: &[Group], report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{BOLD}{title}{BOLD:#}")?;
    for group in groups {
        let (number, percent) = (count(group.count).to_string(), share(group.percent));
        write!(out, "{number:>11}  {percent:>9}  {style}{}{style:#}", group.code)?;
        if !group.file.is_empty() {
            let file = sanitize::line(&group.file);
            write!(out, "  {file}:{}:{}  {}", group.line, group.column, sanitize::line(&group.text))?;
        }
        writeln!(out)?;
        let (first, smallest) = (place(&group.first), place(&group.smallest));
        write!(out, "             {DIM}first {first}")?;
        if smallest != first {
            write!(out, ", smallest {smallest}, {} bytes", count(group.smallest_bytes))?;
        }
        writeln!(out, "{DIM:#}")?;
        if let Some(record) = group.smallest.record.as_ref().filter(|_| !report.titles.are_patterns) {
            writeln!(out, "             {}", sanitize::line(record))?;
        }
    }
    Ok(())
}

fn names(title: &str, names: &[Counted], not_listed: u64, with_lost: bool, out: &mut dyn Write) -> io::Result<()> {
    // One unnamed group says nothing.
    if names.iter().all(|counted| counted.name.is_empty()) {
        return Ok(());
    }
    writeln!(out, "\n{BOLD}{title}{BOLD:#}")?;
    for counted in names {
        let name = if counted.name.is_empty() { "(none)".into() } else { sanitize::line(&counted.name) };
        let about = if counted.is_estimated { "about " } else { "" };
        write!(out, "{:>11}  {name}", format!("{about}{}", count(counted.sent + counted.lost)))?;
        if with_lost && counted.lost > 0 {
            write!(out, "  {RED}{} lost{RED:#}", count(counted.lost))?;
        }
        writeln!(out)?;
    }
    match more(names, not_listed) {
        Some(more) => writeln!(out, "             {DIM}{more}{DIM:#}"),
        None => Ok(()),
    }
}

fn branches(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.branches.is_empty() {
        return Ok(());
    }
    let (reached, all) = (report.reached_branches(), report.branches.len());
    writeln!(out, "\n{BOLD}Branches{BOLD:#}  {reached} of {all} reached")?;
    for branch in &report.branches {
        let style = if branch.count == 0 { YELLOW } else { Style::new() };
        let (file, text) = (sanitize::line(&branch.file), sanitize::line(&branch.text));
        let (number, kind) = (count(branch.count).to_string(), &branch.kind);
        writeln!(out, "{style}{number:>11}{style:#}  {file}:{}:{}  {kind}  {text}", branch.line, branch.column)?;
    }
    Ok(())
}

fn titles(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let titles = &report.titles;
    if titles.most_common.is_empty() {
        return Ok(());
    }
    let about = if titles.distinct_is_estimated { "about " } else { "" };
    writeln!(out, "\n{BOLD}Titles{BOLD:#}  {about}{} different", count(titles.distinct))?;
    for title in &titles.most_common {
        let about = if title.is_estimated { "about " } else { "" };
        writeln!(out, "{:>11}  {}", format!("{about}{}", count(title.count)), sanitize::line(&title.title))?;
    }
    if titles.are_patterns {
        writeln!(out, "{DIM}what expressions print is shown with `--reveal all`{DIM:#}")?;
    }
    Ok(())
}
