//! What a single image may cost, as the user writes and reads it.

use std::fmt;
use std::time::Duration;

/// What decoding one image may take at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) time: Duration,
    /// In bytes.
    pub(crate) memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(2),
            memory: 256 << 20,
        }
    }
}

/// Reads `2s` or `500ms`; no limit is zero.
pub(crate) fn time(text: &str) -> Option<Duration> {
    let units = [("ms", 1), ("s", 1000), ("min", 60_000)];
    amount(text, &units).map(Duration::from_millis)
}

/// Reads `256MiB` or `1GB`; no limit is zero.
pub(crate) fn memory(text: &str) -> Option<u64> {
    let units = [
        ("kB", 1000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("B", 1),
    ];
    amount(text, &units)
}

/// A whole number above zero, and a unit.
fn amount(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let unit = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = (&text[..unit], text[unit..].trim_start());
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    let number = number.parse::<u64>().ok().filter(|number| *number > 0)?;
    number.checked_mul(*factor)
}

/// A blank that no line ends at.
const NO_BREAK: char = '\u{a0}';

/// A time, with a unit in which it is short.
pub(crate) struct Seconds(pub(crate) Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            millis @ ..1000 => write!(f, "{millis}{NO_BREAK}ms"),
            _ => write!(f, "{}{NO_BREAK}s", self.0.as_secs_f64()),
        }
    }
}

/// A number of bytes, in a unit that suits it.
pub(crate) struct Bytes(pub(crate) u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
        let Some((size, unit)) = units.iter().find(|(size, _)| self.0 >= *size) else {
            return write!(f, "{}{NO_BREAK}bytes", self.0);
        };
        let amount = self.0 as f64 / *size as f64;
        let tenths = (amount * 10.0).round();
        let digits = usize::from(tenths < 100.0 && tenths % 10.0 != 0.0);
        write!(f, "{amount:.digits$}{NO_BREAK}{unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_and_a_unit() {
        assert_eq!(time("2s"), Some(Duration::from_secs(2)));
        assert_eq!(time("500 ms"), Some(Duration::from_millis(500)));
        assert_eq!(memory("256MiB"), Some(256 << 20));
        assert_eq!(memory("1GB"), Some(1_000_000_000));
    }

    #[test]
    fn what_limits_nothing_is_no_limit() {
        for text in [
            "",
            "2",
            "s",
            "0s",
            "-1s",
            "2 hours",
            "99999999999999999999s",
        ] {
            assert_eq!(time(text), None, "of `{text}`");
        }
        for text in ["", "256", "0MiB", "1 mib", "18446744073709551615KiB"] {
            assert_eq!(memory(text), None, "of `{text}`");
        }
    }

    #[test]
    fn amounts_are_read_at_a_glance() {
        assert_eq!(Seconds(Duration::from_secs(2)).to_string(), "2\u{a0}s");
        assert_eq!(
            Seconds(Duration::from_millis(2500)).to_string(),
            "2.5\u{a0}s"
        );
        assert_eq!(Seconds(Duration::from_millis(40)).to_string(), "40\u{a0}ms");
        assert_eq!(Bytes(256 << 20).to_string(), "256\u{a0}MiB");
        assert_eq!(Bytes(1 << 30).to_string(), "1\u{a0}GiB");
        assert_eq!(Bytes(1_600_000).to_string(), "1.5\u{a0}MiB");
        assert_eq!(Bytes(200_000).to_string(), "195\u{a0}KiB");
        assert_eq!(Bytes(0).to_string(), "0\u{a0}bytes");
    }
}
