//! Expiration: when a message stops being shown.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// How long a message lives where nothing is set, and at most: 60 days, as Customer.io's inbox settings say.
pub const MAX_LIFE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// When a message expires, as a setting says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiration {
    /// So long after it is sent.
    After(SignedDuration),
    /// At that moment.
    At(Timestamp),
}

/// A text that is no time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExpirationError {
    /// It is none of the forms that are known.
    #[error("`{0}` is no time: expected a number of seconds, minutes, hours or days, or a timestamp")]
    Unknown(String),
    /// It is a number, but of what?
    #[error("`{0}` has no unit: expected seconds, minutes, hours or days")]
    NoUnit(String),
    /// It is farther away than time goes.
    #[error("`{0}` is too far away")]
    TooFar(String),
}

/// Numbers from here on are unix seconds (from 1973 on); nobody means so many days.
const FIRST_UNIX_SECONDS: i64 = 100_000_000;

/// The units and their seconds.
const UNITS: [(&str, i64); 4] = [("second", 1), ("minute", 60), ("hour", 3_600), ("day", 86_400)];

impl FromStr for Expiration {
    type Err = ExpirationError;

    /// Reads `60 days`, `2026-03-01T12:00:00Z`, `2026-03-01` or unix seconds.
    ///
    /// ```
    /// use inkproof::message::{Expiration, MAX_LIFE};
    /// assert_eq!("60 days".parse(), Ok(Expiration::After(MAX_LIFE)));
    /// assert!("soon".parse::<Expiration>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let too_far = || ExpirationError::TooFar(text.to_owned());
        let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = (&text[..digits], text[digits..].trim());
        if !number.is_empty() && unit.is_empty() {
            let number: i64 = number.parse().map_err(|_| too_far())?;
            if number < FIRST_UNIX_SECONDS {
                return Err(ExpirationError::NoUnit(text.to_owned()));
            }
            return Timestamp::from_second(number).map(Self::At).map_err(|_| too_far());
        }
        let unit = unit.to_ascii_lowercase();
        let singular = unit.strip_suffix('s').unwrap_or(&unit);
        if let Some((_, seconds)) = UNITS.iter().find(|(name, _)| *name == singular)
            && !number.is_empty()
        {
            let number: i64 = number.parse().map_err(|_| too_far())?;
            let seconds = number.checked_mul(*seconds).ok_or_else(too_far)?;
            return Ok(Self::After(SignedDuration::from_secs(seconds)));
        }
        if let Ok(timestamp) = text.parse() {
            return Ok(Self::At(timestamp));
        }
        let date = text.parse::<Date>().and_then(|date| date.to_zoned_datetime(TimeZone::UTC));
        date.map(|date| Self::At(date.timestamp())).map_err(|_| ExpirationError::Unknown(text.to_owned()))
    }
}

impl Expiration {
    /// The moment, for a message sent at `sent`.
    ///
    /// # Errors
    /// It is farther away than time goes.
    pub fn resolve(self, sent: Timestamp) -> Result<Timestamp, ExpirationError> {
        match self {
            Self::At(timestamp) => Ok(timestamp),
            Self::After(life) => {
                sent.checked_add(life).map_err(|_| ExpirationError::TooFar(format!("{} seconds", life.as_secs())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let sent: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("60 days", "2026-03-02T00:00:00Z"),
            (" 1 Day ", "2026-01-02T00:00:00Z"),
            ("90minutes", "2026-01-01T01:30:00Z"),
            ("5 seconds", "2026-01-01T00:00:05Z"),
            ("2026-02-01T12:00:00+02:00", "2026-02-01T10:00:00Z"),
            ("2026-02-01", "2026-02-01T00:00:00Z"),
            ("1767225600", "2026-01-01T00:00:00Z"),
        ] {
            let expiration: Expiration = text.parse().unwrap();
            assert_eq!(expiration.resolve(sent).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for (text, expected) in [
            ("soon", "`soon` is no time: expected a number of seconds, minutes, hours or days, or a timestamp"),
            ("30", "`30` has no unit: expected seconds, minutes, hours or days"),
            ("3 weeks", "`3 weeks` is no time: expected a number of seconds, minutes, hours or days, or a timestamp"),
            ("99999999999999999999 days", "`99999999999999999999 days` is too far away"),
            ("", "`` is no time: expected a number of seconds, minutes, hours or days, or a timestamp"),
        ] {
            assert_eq!(text.parse::<Expiration>().unwrap_err().to_string(), expected);
        }
        let far: Expiration = "9999999999999 days".parse().unwrap();
        assert!(far.resolve(Timestamp::UNIX_EPOCH).is_err());
    }
}
