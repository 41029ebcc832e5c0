//! Sizes of memory, as people write them.

/// Each unit, and how many bytes it is.
const UNITS: &[(&str, u64)] = &[
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// The bytes that a text such as `512MiB` means, or why it means none.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    if number.is_empty() {
        return Err("it does not begin with a number".to_owned());
    }
    if unit.starts_with(['.', ',', '_']) {
        return Err("its number is not all digits".to_owned());
    }
    let bytes = bytes_of(unit.trim_start())?;
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(bytes))
        .ok_or_else(|| "it is too large for 64 bits".to_owned())
}

fn bytes_of(unit: &str) -> Result<u64, String> {
    let known = UNITS.iter().find(|(name, _)| *name == unit);
    known.map(|(_, bytes)| *bytes).ok_or_else(|| {
        let names: Vec<_> = UNITS.iter().map(|(name, _)| *name).collect();
        let names = names.join(", ");
        match unit {
            "" => format!("unit needed: one of {names}"),
            _ => format!("no unit is called `{unit}`; there are {names}"),
        }
    })
}
