//! The workloads, and the setup of each engine. Every engine must produce the same bytes before anything is measured.

#![allow(dead_code, reason = "each bench is a separate program that uses only a part of this module")]

pub(crate) mod by_hand;

use inkproof_liquid::value::json;
use inkproof_liquid::{Arena, LIQUIDJS, Options, Output, Template, Value};
use minijinja::syntax::SyntaxConfig;

/// A template in both languages and its data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) liquid: &'static str,
    pub(crate) jinja: &'static str,
    pub(crate) data: &'static str,
    /// The bytes that every engine must produce.
    pub(crate) expected: &'static str,
}

macro_rules! workload {
    ($name:literal) => {
        Workload {
            name: $name,
            liquid: include_str!(concat!("../", $name, "/message.liquid")),
            jinja: include_str!(concat!("../", $name, "/message.jinja")),
            data: include_str!(concat!("../", $name, "/data.json")),
            expected: include_str!(concat!("../", $name, "/expected.txt")),
        }
    };
}

/// An inbox message: 3 items, about 10 expressions.
pub(crate) const SMALL: Workload = workload!("small");
/// A 9 KB template with loops and filters.
pub(crate) const NEWSLETTER: Workload = workload!("newsletter");
/// A customer with 1,000 attributes, of which the template reads some.
pub(crate) const CUSTOMER: Workload = workload!("customer");

pub(crate) const ALL: [Workload; 3] = [SMALL, NEWSLETTER, CUSTOMER];

impl Workload {
    pub(crate) fn check(&self, engine: &str, written: &str) {
        assert_eq!(written, self.expected, "{engine} writes different bytes for {}", self.name);
    }
}

/// inkproof: the template and the data in an arena, parsed once.
pub(crate) fn inkproof<'a>(workload: &Workload, arena: &'a Arena) -> (Template<'a>, Value<'a>) {
    let template = Template::parse(workload.liquid, &LIQUIDJS, arena).unwrap();
    let data = json::read(workload.data, arena).unwrap();
    let mut out = Output::new();
    template.render(data, &Options::default(), arena, &mut out).unwrap();
    workload.check("inkproof", out.text());
    (template, data)
}

/// `liquid`: the parsed template, and the data as an `Object` built beforehand.
pub(crate) fn liquid_rust(workload: &Workload) -> (liquid::Template, liquid::Object) {
    let template = liquid_rust_parser().parse(workload.liquid).unwrap();
    let data = serde_json::from_str(workload.data).unwrap();
    workload.check("liquid", &template.render(&data).unwrap());
    (template, data)
}

pub(crate) fn liquid_rust_parser() -> liquid::Parser {
    liquid::ParserBuilder::with_stdlib().build().unwrap()
}

/// `minijinja`: an environment with Liquid's behavior for white space and escaping.
pub(crate) fn minijinja_environment() -> minijinja::Environment<'static> {
    let mut environment = minijinja::Environment::new();
    environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build().unwrap());
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment
}

/// The data as a `minijinja` value built beforehand.
pub(crate) fn minijinja_data(workload: &Workload) -> minijinja::Value {
    serde_json::from_str(workload.data).unwrap()
}
