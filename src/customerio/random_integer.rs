//! Random integers from the render's own generator, which a seed makes reproducible.

use crate::liquid::engine::runtime::Runtime;
use crate::liquid::error::{Error, Result};

/// JavaScript's `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A random integer from 0 to `most`, both included. A fraction of `most` is ignored.
///
/// # Errors
/// `most` is negative, not a number, or too large to be exact.
pub(super) fn up_to(runtime: &mut Runtime<'_>, most: f64) -> Result<f64> {
    if !(0.0..=MAX_SAFE_INTEGER).contains(&most) {
        let given = crate::liquid::value::number::to_js_string(most);
        return Err(Error::new(format!(
            "`random` expected a number of 0 or more, such as `random 100`, not `{given}`"
        )));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    let most = most as u64;
    #[expect(clippy::cast_precision_loss, reason = "no larger than the largest exact whole number")]
    let number = runtime.random().u64(0..=most) as f64;
    Ok(number)
}
