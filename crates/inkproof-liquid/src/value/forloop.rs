//! `forloop` and `tablerowloop`: the state of a running loop, and its properties.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Arena, Value, coerce, json};

/// The state of a running `for` or `tablerow`, readable as `forloop` or `tablerowloop`.
#[derive(Debug)]
pub struct Loop<'a> {
    turn: AtomicUsize,
    length: usize,
    pub(super) name: &'a str,
    columns: Option<(f64, Value<'a>)>,
}

impl<'a> Loop<'a> {
    /// The state before the first of `length` iterations; `name` is `variable-collection`, as written in the tag.
    #[must_use]
    pub const fn new(length: usize, name: &'a str) -> Self {
        Self { turn: AtomicUsize::new(0), length, name, columns: None }
    }

    /// The state for `tablerow`, with `columns` cells per row.
    #[must_use]
    pub fn with_columns(mut self, columns: Value<'a>, arena: &'a Arena) -> Self {
        self.columns = Some((coerce::to_number(columns, arena).unwrap_or(f64::NAN), columns));
        self
    }

    /// The loop's name: `variable-collection`.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// Moves to the next iteration.
    pub fn advance(&self) {
        // A render never shares its loops between threads; the atomic only keeps `Value` `Sync`.
        self.turn.store(self.turn.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// The current row, from 1; NaN if the number of columns is not a number.
    #[must_use]
    pub fn row(&self) -> f64 {
        (self.turn() / self.columns.map_or(f64::NAN, |(columns, _)| columns)).floor() + 1.0
    }

    /// The current column, from 0.
    #[must_use]
    pub fn column0(&self) -> f64 {
        self.turn() % self.columns.map_or(f64::NAN, |(columns, _)| columns)
    }

    fn turn(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "no loop has 2^53 iterations")]
        let turn = self.turn.load(Ordering::Relaxed) as f64;
        turn
    }

    pub(super) fn property(&self, name: &str) -> Option<Value<'a>> {
        #[expect(clippy::cast_precision_loss, reason = "no loop has 2^53 iterations")]
        let length = self.length as f64;
        let turn = self.turn();
        Some(match (name, self.columns) {
            ("i" | "index0", _) => Value::Number(turn),
            ("index", _) => Value::Number(turn + 1.0),
            ("rindex", _) => Value::Number(length - turn),
            ("rindex0", _) => Value::Number(length - turn - 1.0),
            ("first", _) => Value::Bool(turn == 0.0),
            ("last", _) => Value::Bool(turn == length - 1.0),
            ("length", _) => Value::Number(length),
            ("next", _) => {
                self.advance();
                Value::Undefined
            }
            ("cols", Some((_, columns))) => columns,
            ("row", Some(_)) => Value::Number(self.row()),
            ("col0", Some(_)) => Value::Number(self.column0()),
            ("col", Some(_)) => Value::Number(self.column0() + 1.0),
            ("col_first", Some(_)) => Value::Bool(self.column0() == 0.0),
            // LiquidJS compares with the argument itself, so that a string never equals.
            ("col_last", Some((_, columns))) => {
                Value::Bool(matches!(columns, Value::Number(columns) if self.column0() + 1.0 == columns))
            }
            _ => return None,
        })
    }

    /// The string that printing the loop produces: its own fields as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let fields: Vec<_> = self.fields().into_iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    }

    /// The loop's own fields, each value as JSON.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut name = String::new();
        json::write_string(self.name, &mut name);
        let turn = self.turn.load(Ordering::Relaxed);
        let mut fields = vec![("i", turn.to_string()), ("length", self.length.to_string()), ("name", name)];
        if let Some((_, columns)) = self.columns {
            let mut text = String::new();
            // A value nested too deeply to be written is left out.
            if json::write(columns, None, &mut text).is_ok() {
                fields.push(("cols", text));
            }
        }
        fields
    }
}
