//! The JSON Schema of the configuration, by which editors complete and judge `inkproof.toml`.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::Config;

impl Config {
    /// The schema. `rules` are the rules that may be graded, each with what it is about.
    ///
    /// ```
    /// use inkproof::project::Config;
    /// let schema = Config::schema([("trailing-comma", "A comma has nothing after it.")]);
    /// assert_eq!(schema["properties"]["rules"]["properties"]["trailing-comma"]["description"], "A comma has nothing after it.");
    /// ```
    #[must_use]
    pub fn schema<'r>(rules: impl IntoIterator<Item = (&'r str, &'r str)>) -> Value {
        let generator = SchemaSettings::draft07().into_generator();
        let mut schema = generator.into_root_schema_for::<Self>().to_value();
        schema["title"] = json!("inkproof.toml");
        let grades = &mut schema["properties"]["rules"];
        let level = std::mem::replace(&mut grades["additionalProperties"], json!(false));
        grades["properties"] = rules
            .into_iter()
            .map(|(code, summary)| {
                let mut grade = level.clone();
                // Beside a reference, draft 7 ignores everything.
                if grade.get("$ref").is_some() {
                    grade = json!({ "allOf": [grade] });
                }
                grade["description"] = json!(summary);
                (code.to_owned(), grade)
            })
            .collect::<serde_json::Map<_, _>>()
            .into();
        schema
    }
}
