//! `{% generate_uuid %}`

use crate::liquid::engine::output::Output;
use crate::liquid::engine::row::Example;
use crate::liquid::engine::runtime::Runtime;
use crate::liquid::engine::tag::{Tag, TagDefinition};
use crate::liquid::error::Result;
use crate::liquid::syntax::lexer::Token;
use crate::liquid::syntax::parser::Parser;
use crate::liquid::syntax::part::{Part, Printed};

/// Prints a random UUID (version 4): a different one each time, but the same sequence for the same seed.
pub const GENERATE_UUID: TagDefinition = TagDefinition::new("generate_uuid", parse)
    .summary("Prints a random UUID (version 4).")
    .syntax("{% generate_uuid %}")
    .examples(&[Example::new("{% capture id %}{% generate_uuid %}{% endcapture %}{{ id | size }}", "36")]);

/// A parsed `generate_uuid`.
#[derive(Debug)]
pub struct GenerateUuid;

fn parse<'a>(parser: &mut Parser<'a>, token: Token<'a>) -> Result<&'a dyn Tag> {
    parser.expect_no_arguments(&token, &token);
    Ok(&GenerateUuid)
}

impl Tag for GenerateUuid {
    fn render<'a>(&'a self, runtime: &mut Runtime<'a>, out: &mut Output) -> Result<()> {
        out.write_str(&uuid(runtime.random().u128(..)))
    }

    fn parts(&self) -> Vec<Part<'_>> {
        // All UUIDs use the same characters.
        vec![Part::Print(Printed::Text("00000000-0000-4000-8000-000000000000"))]
    }
}

/// The UUID with these bits, except those that RFC 9562 reserves for the version (4) and the variant.
fn uuid(bits: u128) -> String {
    const VERSION: u32 = 76;
    const VARIANT: u32 = 62;
    let bits = bits & !(0xF << VERSION) & !(0b11 << VARIANT) | 4 << VERSION | 0b10 << VARIANT;
    let digits = format!("{bits:032x}");
    [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]).join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customerio::CUSTOMERIO;
    use crate::liquid::Options;

    #[test]
    fn the_same_seed_gives_the_same_uuid() {
        let uuid = |seed| {
            let options = Options { seed: Some(seed), ..Options::default() };
            CUSTOMERIO.render("{% generate_uuid %}", "{}", &options).unwrap()
        };
        assert_eq!(uuid(1), uuid(1));
        assert_ne!(uuid(1), uuid(2));
    }

    #[test]
    fn version_and_variant_are_set() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
