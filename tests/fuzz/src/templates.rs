//! Templates with large data: rendering keeps to its limits, in every dialect.

use std::time::Duration;

use inkproof::customerio::{CUSTOMERIO, LEGACY};
use inkproof::liquid::value::json;
use inkproof::liquid::{Arena, LIQUIDJS, Language, Limits, Mode, Options, Output, Template, Value};
use rustix::thread::ClockId;

use super::Target;
use super::corpus::Corpus;
use super::generate::Generator;

#[derive(Clone, Copy)]
pub(crate) enum Dialect {
    LiquidJs,
    CustomerIo,
    Legacy,
}

impl Dialect {
    fn language(self) -> &'static Language {
        match self {
            Self::LiquidJs => &LIQUIDJS,
            Self::CustomerIo => &CUSTOMERIO,
            Self::Legacy => &LEGACY,
        }
    }
}

/// How often a render may try to keep its time. What takes too long takes it each time; what the machine does beside it does not.
const ATTEMPTS: u32 = 8;
/// How long it waits before the second attempt; twice as long before each other. A machine that is shared may be slow for a second.
const PAUSE: Duration = Duration::from_millis(20);
/// How much a render may exceed its time: 20 %.
const TOLERANCE: f64 = 1.2;

/// Renders templates.
pub(crate) struct Rendered {
    language: &'static Language,
    small: Value<'static>,
    large: Value<'static>,
}

impl Rendered {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { language: dialect.language(), small: kept(&data(5)), large: kept(&data(20_000)) }
    }
}

/// Data that is read once, for all runs.
fn kept(data: &str) -> Value<'static> {
    let data: &'static str = Box::leak(data.to_owned().into_boxed_str());
    json::read(data, Box::leak(Box::default())).unwrap_or(Value::Undefined)
}

/// Data with `size` elements of each sort.
fn data(size: usize) -> String {
    let objects: Vec<_> = (0..=size / 4)
        .map(|n| serde_json::json!({ "name": format!("name {}", n % 97), "n": n % 31, "a": { "b": n } }))
        .collect();
    let wide: serde_json::Map<_, _> = (0..size / 4).map(|n| (format!("key{n}"), n.into())).collect();
    let mut deep = serde_json::json!(1);
    for _ in 0..size.min(200) {
        deep = serde_json::json!([deep]);
    }
    let mixed: Vec<_> =
        (0..size).map(|n| if n % 3 == 0 { serde_json::json!(n) } else { serde_json::json!(format!("{n}a")) }).collect();
    serde_json::json!({
        "numbers": (0..size).map(|n| (n * 7919) % 1009).collect::<Vec<_>>(),
        "strings": (0..size).map(|n| format!("Word {}é", (n * 7919) % 1009)).collect::<Vec<_>>(),
        "objects": objects,
        "nested": vec![vec![1, 2, 3]; size / 8 + 1],
        "wide": wide,
        "long": "Lorem ipsum <b>dolor</b> sit amét, 100 % & more.\n".repeat(size / 16 + 1),
        "text": "a, b & <c> é😀",
        "deep": deep,
        "mixed": mixed,
        "empty_list": [],
        "object": { "name": "a", "length": 3, "0": "x" },
        "nothing": null,
        "number": 12.5,
        "flag": true,
    })
    .to_string()
}

impl Target for Rendered {
    fn input(&mut self, random: &mut fastrand::Rng, corpus: &Corpus) -> String {
        let mut template = Generator::new(self.language, random).template();
        if random.u8(..8) == 0 {
            template = corpus.mutated(random);
        }
        // Most runs have small data and a small part of the limits, so that there are many.
        let scale = match random.u16(..1000) {
            0 => 1,
            1..20 => 10,
            20..200 => 40,
            _ => 200,
        };
        let data = if random.u8(..10) == 0 { "large" } else { "small" };
        let mode = if random.bool() { "live" } else { "lax" };
        format!("{scale} {data} {mode}\n{template}")
    }

    fn run(&mut self, input: &str) -> Result<(), String> {
        let (head, template) = input.split_once('\n').unwrap_or_default();
        let words: Vec<_> = head.split(' ').collect();
        let [scale, data, mode] = words[..] else { return Ok(()) };
        let scale: u32 = scale.parse().unwrap_or(1);
        let data = if data == "large" { self.large } else { self.small };
        let default = Limits::default();
        let limits = Limits {
            parse_length: 1 << 20,
            render_time: default.render_time / scale,
            memory: default.memory / f64::from(scale),
            output: default.output / scale as usize,
            arena: default.arena / scale as usize,
        };
        let kept = Arena::new();
        let Ok(template) = Template::parse_limited(template, self.language, &kept, limits.parse_length) else {
            return Ok(());
        };
        let mode = if mode == "lax" { Mode::Lax } else { Mode::Live };
        let options = Options { mode, now: Some(1_700_000_000_000.0), seed: Some(7), limits };
        // A slow machine, and reading its clock, must not fail the shortest of limits: the limit is checked every few thousand steps.
        let most = limits.render_time.mul_f64(TOLERANCE) + Duration::from_millis(10);
        let mut taken = Duration::MAX;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                std::thread::sleep(PAUSE * 2_u32.pow(attempt - 1));
            }
            let (arena, mut out) = (Arena::new(), Output::with_marks());
            let before = time();
            let _ = template.render(data, &options, &arena, &mut out);
            taken = taken.min(time().saturating_sub(before));
            if out.len() > limits.output * 2 {
                return Err(format!("the output has {} bytes", out.len()));
            }
            if taken <= most {
                return Ok(());
            }
        }
        Err(format!("it took {taken:?}, with a limit of {:?}", limits.render_time))
    }
}

/// The processor time of this thread: other programs on the machine do not count.
fn time() -> Duration {
    let time = rustix::time::clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or_default(), time.tv_nsec.try_into().unwrap_or_default())
}

/// Parses mutated templates in every dialect.
pub(crate) struct Parsed;

/// How many steps parsing may take for each byte.
const STEPS_PER_BYTE: u64 = 200;

impl Target for Parsed {
    fn input(&mut self, random: &mut fastrand::Rng, corpus: &Corpus) -> String {
        corpus.mutated(random)
    }

    fn run(&mut self, input: &str) -> Result<(), String> {
        for dialect in [Dialect::LiquidJs, Dialect::CustomerIo, Dialect::Legacy] {
            let arena = Arena::new();
            match Template::parse(input, dialect.language(), &arena) {
                Ok(_) => {}
                Err(errors) if errors.is_empty() => return Err("it fails without an error".to_owned()),
                Err(errors) => {
                    for error in &errors {
                        drop((error.to_string(), error.span().map(|span| span.of(input))));
                    }
                }
            }
            let most = (input.len() as u64 + 100) * STEPS_PER_BYTE;
            if arena.steps() > most {
                return Err(format!("{} steps for {} bytes", arena.steps(), input.len()));
            }
        }
        Ok(())
    }
}
