//! Types of the data that templates need, in the languages of backends: one model, and a printer for each language.

mod go;
mod model;
mod naming;
mod python;
mod ruby;
mod typescript;

pub use model::{Field, Record, TemplateType, TypeModel, ValueKind, ValueType};

/// A language that types are printed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeLanguage {
    /// TypeScript: interfaces.
    TypeScript,
    /// Python: `TypedDict`s.
    Python,
    /// Go: structs.
    Go,
    /// Ruby: RBS.
    Ruby,
}

impl TypeLanguage {
    /// All languages.
    pub const ALL: [Self; 4] = [Self::TypeScript, Self::Python, Self::Go, Self::Ruby];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TypeScript => "typescript",
            Self::Python => "python",
            Self::Go => "go",
            Self::Ruby => "ruby",
        }
    }

    /// Prints the types. `package` is the name of the Go package or the Ruby module.
    #[must_use]
    pub fn print(self, model: &TypeModel, package: Option<&str>) -> String {
        match self {
            Self::TypeScript => typescript::print(model),
            Self::Python => python::print(model),
            Self::Go => go::print(model, package.unwrap_or("inkproof")),
            Self::Ruby => ruby::print(model, package.unwrap_or("InkproofTemplates")),
        }
    }
}
