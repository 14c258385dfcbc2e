//! Expiration: when a message stops being shown.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// The default and maximum lifetime of a message: 60 days, as in Customer.io's inbox settings.
pub const MAX_LIFE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// The `expiration` setting: when a message expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiration {
    /// This long after it is sent.
    After(SignedDuration),
    /// At this time.
    At(Timestamp),
}

/// Why a string is not an expiration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExpirationError {
    /// It has none of the known forms.
    #[error("`{0}` is not a time: expected a number of seconds, minutes, hours or days, or a timestamp")]
    Unknown(String),
    /// It is a number without a unit.
    #[error("`{0}` has no unit: expected seconds, minutes, hours or days")]
    NoUnit(String),
    /// It is beyond the last time that can be represented.
    #[error("`{0}` is too far away")]
    TooFar(String),
}

/// Bare numbers from here on are Unix seconds (1973 and later).
const FIRST_UNIX_SECONDS: i64 = 100_000_000;

/// The units and their lengths in seconds.
const UNITS: [(&str, i64); 4] = [("second", 1), ("minute", 60), ("hour", 3_600), ("day", 86_400)];

impl FromStr for Expiration {
    type Err = ExpirationError;

    /// Parses `60 days`, `2026-03-01T12:00:00Z`, `2026-03-01` or Unix seconds.
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
        let singular = unit.strip_suffix(['s', 'S']).unwrap_or(unit);
        if let Some((_, seconds)) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(singular))
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
    /// The time at which a message that is sent at `sent` expires.
    ///
    /// # Errors
    /// It is beyond the last time that can be represented.
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
    fn parses_all_forms() {
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
    fn rejects_other_strings() {
        for (text, expected) in [
            ("soon", "`soon` is not a time: expected a number of seconds, minutes, hours or days, or a timestamp"),
            ("30", "`30` has no unit: expected seconds, minutes, hours or days"),
            (
                "3 weeks",
                "`3 weeks` is not a time: expected a number of seconds, minutes, hours or days, or a timestamp",
            ),
            ("99999999999999999999 days", "`99999999999999999999 days` is too far away"),
            ("", "`` is not a time: expected a number of seconds, minutes, hours or days, or a timestamp"),
        ] {
            assert_eq!(text.parse::<Expiration>().unwrap_err().to_string(), expected);
        }
        let far: Expiration = "9999999999999 days".parse().unwrap();
        assert!(far.resolve(Timestamp::UNIX_EPOCH).is_err());
    }
}
