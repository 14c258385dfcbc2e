//! A report as `JUnit` XML: a test for the whole, and one for each cause.

use std::io::{self, Write};

use quick_junit::NonSuccessKind;

use super::{headline, place, share};
use crate::audience::{Group, Report};
use crate::diagnostics::junit;

pub(super) fn write(report: &Report, is_failed: bool, out: &mut dyn Write) -> io::Result<()> {
    let (class, name) = (&report.template, "audience");
    let whole = headline(report);
    let whole = if is_failed {
        junit::not_passed(name, class, NonSuccessKind::Failure, (&whole, "lost", &whole))
    } else {
        junit::passed_with_output(name, class, &whole)
    };
    let cut = report
        .incomplete
        .iter()
        .map(|reason| junit::not_passed("complete", class, NonSuccessKind::Error, (reason, "incomplete", reason)));
    let groups = report.losses.iter().chain(&report.invalid).map(|group| {
        let (name, text) = (title(group), details(group));
        if is_failed {
            junit::not_passed(&name, class, NonSuccessKind::Failure, (&text, &group.code, &text))
        } else {
            junit::passed_with_output(&name, class, &text)
        }
    });
    junit::write(std::iter::once(whole).chain(cut).chain(groups), out)
}

fn title(group: &Group) -> String {
    if group.file.is_empty() {
        return group.code.clone();
    }
    format!("{} {}:{}:{}", group.code, group.file, group.line, group.column)
}

fn details(group: &Group) -> String {
    let (count, share, text) = (group.count, share(group.percent), &group.text);
    let text = if text.is_empty() { String::new() } else { format!(": {text}") };
    format!("{count} ({share}){text}; first {}, smallest {}", place(&group.first), place(&group.smallest))
}
