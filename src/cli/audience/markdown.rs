//! A report as Markdown.

use std::io::{self, Write};

use super::{headline, more, place, share};
use crate::audience::{Counted, Group, Report, WitnessReport};
use crate::diagnostics::{Thousands, sanitize};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "**{}**", escaped(&headline(report)))?;
    for reason in &report.incomplete {
        writeln!(out, "\nIncomplete: {}", escaped(reason))?;
    }
    if let Some(sample) = &report.sample {
        let ([low, high], size) = (sample.lost_percent, sample.size.min(sample.records));
        let (size, all, low, high) = (count(size), count(sample.records), share(low), share(high));
        writeln!(out, "\nA random sample of {size} of {all} records: {low} to {high} of all are lost (95 %).")?;
    }
    groups("Lost", &report.losses, out)?;
    groups("Invalid records", &report.invalid, out)?;
    groups("Warnings", &report.warnings, out)?;
    if !report.suspicious.is_empty() {
        writeln!(out, "\n### Suspicious texts\n\n| count | what | first |\n| ---: | --- | --- |")?;
        for text in &report.suspicious {
            writeln!(
                out,
                "| {} | {}: {} | {} |",
                count(text.count),
                text.property,
                escaped(&text.description),
                whose(&text.first)
            )?;
        }
    }
    names("Languages", &report.languages, report.more_languages, out)?;
    names("Types", &report.types, report.more_types, out)?;
    names("Topics", &report.topics, report.more_topics, out)?;
    if !report.branches.is_empty() {
        let (reached, all) = (report.reached_branches(), report.branches.len());
        writeln!(out, "\n### Branches: {reached} of {all} reached\n\n| count | where | what |\n| ---: | --- | --- |")?;
        for branch in &report.branches {
            let place = format!("{}:{}:{}", branch.file, branch.line, branch.column);
            writeln!(
                out,
                "| {} | {} | {} {} |",
                count(branch.count),
                escaped(&place),
                branch.kind,
                code(&branch.text)
            )?;
        }
    }
    if report.title_length.is_some() || report.body_length.is_some() {
        writeln!(
            out,
            "\n### Lengths in characters\n\n| | p50 | p99 | longest | whose |\n| --- | ---: | ---: | ---: | --- |"
        )?;
        for (name, lengths) in [("title", &report.title_length), ("body", &report.body_length)] {
            if let Some(lengths) = lengths {
                let (p50, p99, longest) = (lengths.p50, lengths.p99, lengths.longest);
                writeln!(out, "| {name} | {p50} | {p99} | {longest} | {} |", whose(&lengths.longest_witness))?;
            }
        }
    }
    let titles = &report.titles;
    if !titles.most_common.is_empty() {
        let about = if titles.distinct_is_estimated { "about " } else { "" };
        writeln!(
            out,
            "\n### Titles: {about}{} different\n\n| count | title |\n| ---: | --- |",
            count(titles.distinct)
        )?;
        for title in &titles.most_common {
            let about = if title.is_estimated { "about " } else { "" };
            writeln!(out, "| {about}{} | {} |", count(title.count), code(&title.title))?;
        }
    }
    Ok(())
}

fn groups(title: &str, groups: &[Group], out: &mut dyn Write) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n### {title}\n\n| count | share | cause | where | first | smallest |\n| ---: | ---: | --- | --- | --- | --- |"
    )?;
    for group in groups {
        let (number, percent, cause) = (count(group.count), share(group.percent), &group.code);
        let place = match group.file.as_str() {
            "" => String::new(),
            file => format!("{} {}", escaped(&format!("{file}:{}:{}", group.line, group.column)), code(&group.text)),
        };
        let (first, smallest) = (whose(&group.first), whose(&group.smallest));
        writeln!(out, "| {number} | {percent} | {cause} | {place} | {first} | {smallest} |")?;
    }
    Ok(())
}

fn names(title: &str, names: &[Counted], not_listed: u64, out: &mut dyn Write) -> io::Result<()> {
    if names.iter().all(|counted| counted.name.is_empty()) {
        return Ok(());
    }
    writeln!(out, "\n### {title}\n\n| name | sent | lost |\n| --- | ---: | ---: |")?;
    for counted in names {
        let name = if counted.name.is_empty() { "(none)".to_owned() } else { code(&counted.name) };
        let about = if counted.is_estimated { "about " } else { "" };
        writeln!(out, "| {name} | {about}{} | {} |", count(counted.sent), count(counted.lost))?;
    }
    match more(names, not_listed) {
        Some(more) => writeln!(out, "| {more} | | |"),
        None => Ok(()),
    }
}

fn whose(witness: &WitnessReport) -> String {
    escaped(&place(witness))
}

fn count(number: u64) -> Thousands {
    Thousands(usize::try_from(number).unwrap_or(usize::MAX))
}

/// Text in a cell of a table, with nothing that Markdown or HTML interprets.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in sanitize::line(text).chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '@' | '#' | '~' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Text as code in a cell of a table.
fn code(text: &str) -> String {
    let text = sanitize::line(text);
    if text.contains('`') || text.trim().is_empty() {
        return escaped(&text);
    }
    format!("`{}`", text.replace('|', "\\|"))
}
