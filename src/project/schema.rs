//! The JSON Schema of the configuration, for completion and validation of `inkproof.toml` in editors.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::Config;

impl Config {
    /// The schema. `rules` are the configurable rules with their descriptions.
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
                // Draft 7 ignores everything next to a reference.
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
