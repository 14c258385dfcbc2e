//! Causes: which of a message's files changed since its snapshot was committed, according to git.

use super::git::Git;
use super::store::{Stage, Store};
use super::{Outcome, Subject};
use crate::project::{CONFIG_FILE, Project};

/// Why a message may differ from its snapshot: each of its files that changed since, with the first changed line, such as
/// `templates/order.liquid changed at line 9`. Empty if git does not know.
#[must_use]
pub fn causes(project: &Project, outcome: &Outcome<'_>) -> Vec<String> {
    let settings = &project.config().test;
    let store = Store::new(project.root(), &settings.snapshots);
    let path = store.shown(&outcome.subject.name, Stage::Accepted);
    since_commit(project, &outcome.subject, &path).unwrap_or_default()
}

fn since_commit(project: &Project, subject: &Subject<'_>, snapshot: &str) -> Option<Vec<String>> {
    let git = Git::new(project.root());
    let commit = git.ask(&["log", "-1", "--format=%H", "--", snapshot]).ok()?;
    let commit = commit.trim();
    // A snapshot accepted since then belongs to files that are not committed.
    let is_committed = git.ask(&["status", "--porcelain", "--", snapshot]).ok()?.is_empty();
    if commit.is_empty() || !is_committed {
        return None;
    }
    let case = &subject.case;
    let sources = [case.template.source(), case.request.source(), case.customer.source()];
    let snippets = project.config().paths.snippets.to_string_lossy();
    // Override the user's git configuration.
    let mut arguments = vec!["diff", "--relative", "--no-ext-diff", "--no-color", "--no-renames", "-U0"];
    arguments.extend(["--src-prefix=a/", "--dst-prefix=b/", commit, "--"]);
    arguments.extend(sources.iter().map(|source| source.name()));
    arguments.extend([&*snippets, CONFIG_FILE]);
    Some(changed_files(&git.ask(&arguments).ok()?))
}

/// The files of a diff without context, each with its first changed line.
fn changed_files(diff: &str) -> Vec<String> {
    let mut causes = Vec::new();
    let mut file = None;
    for line in diff.lines() {
        let whole = match line.split_once(" file mode ") {
            Some(("new", _)) => Some("is new"),
            Some(("deleted", _)) => Some("is gone"),
            _ => None,
        };
        if let Some((what, file)) = whole.and_then(|what| Some((what, file.take()?))) {
            causes.push(format!("{file} {what}"));
        }
        if let Some(rest) = line.strip_prefix("diff --git a/") {
            // Without renames, both names are the same.
            file = rest.get(..rest.len().saturating_sub(" b/".len()) / 2);
        } else if let Some((range, _)) = line.strip_prefix("@@ ").and_then(|rest| rest.split_once(" @@"))
            && let Some(file) = file.take()
        {
            let new = range.split(" +").nth(1).unwrap_or_default();
            let first = new.split(',').next().unwrap_or_default();
            causes.push(format!("{file} changed at line {first}"));
        }
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_changed_line_of_each_file() {
        let diff = "diff --git a/t/a b.liquid b/t/a b.liquid\nindex 1..2 100644\n--- a/t/a b.liquid\n+++ b/t/a b.liquid\n\
                    @@ -9,1 +10,2 @@ x\n-a\n+b\n+c\n@@ -20 +22 @@\n-@@ -1 +1 @@\n+d\ndiff --git a/r.json b/r.json\nold mode 1\n\
                    diff --git a/s.json b/s.json\n@@ -1 +1 @@\n-1\n+2\ndiff --git a/old b/old\ndeleted file mode 100644\n\
                    --- a/old\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\ndiff --git a/new b/new\nnew file mode 100644\n\
                    --- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+deleted file mode 1\n";
        assert_eq!(
            changed_files(diff),
            ["t/a b.liquid changed at line 10", "s.json changed at line 1", "old is gone", "new is new"]
        );
    }
}
