//! `--customer`: one of the project's customers, or one in another file.

use std::borrow::Cow;
use std::path::Path;

use super::{Failure, Global, written};
use crate::diagnostics::{Source, did_you_mean};
use crate::message::{Customer, IdentifierKind};
use crate::project::Project;

/// The customer that an argument means: an identifier or the name of a customer of the project, or else a file.
pub(super) fn find<'p>(argument: &str, project: &'p Project, global: &Global) -> Result<Cow<'p, Customer>, Failure> {
    let known = || project.customers().iter();
    let by_identifier = known().find(|customer| identifiers(customer).any(|identifier| identifier == argument));
    let by_name = || known().find(|customer| name(customer) == argument);
    if let Some(customer) = by_identifier.or_else(by_name) {
        return Ok(Cow::Borrowed(customer));
    }
    let path = Path::new(argument);
    if !global.path(path).exists() {
        let names = known().flat_map(|customer| identifiers(customer).chain([name(customer)]));
        let near = did_you_mean(argument, names).map(|near| format!(": did you mean `{near}`?"));
        let near = near.unwrap_or_else(|| ": expected an identifier, a name or a file".to_owned());
        return Err(format!("there is no customer `{argument}`{near}").into());
    }
    let source = Source::new(written::shown(path), written::read(path, global)?);
    Customer::read(source).map(Cow::Owned).map_err(|problem| {
        let place = problem.location().map(ToString::to_string).unwrap_or_default();
        format!("{place}: {}", problem.message).into()
    })
}

/// The customer of a project that has none: one who has only an `id`.
pub(super) fn somebody() -> Result<Customer, Failure> {
    Customer::read(Source::new("somebody", r#"{"id": "somebody"}"#)).map_err(|problem| problem.message.into())
}

/// The identifiers of a customer.
fn identifiers(customer: &Customer) -> impl Iterator<Item = &str> {
    IdentifierKind::ALL.into_iter().filter_map(|kind| customer.identifier(kind))
}

/// The name of a customer's file, without its folders and its extension.
pub(super) fn name(customer: &Customer) -> &str {
    let file = customer.source().name().rsplit('/').next().unwrap_or_default();
    file.rsplit_once('.').map_or(file, |(name, _)| name)
}
