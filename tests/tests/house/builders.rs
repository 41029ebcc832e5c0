//! What the limits of builders are called.

use crate::source::Source;

/// No limits on what the pool does, or limits of each call, which are nouns everywhere: in
/// `#[task(…)]`, in `Options`, and as the defaults of a pool.
const NOUNS: &[&str] = &[
    "workers",
    "stack_size",
    "keep_stderr",
    "timeout",
    "memory",
    "retries",
    "backoff",
];

/// The setters of a builder whose name is not that of a limit.
pub(crate) fn odd_limits(source: &Source) -> Vec<String> {
    if !source.path.contains("/builder") {
        return Vec::new();
    }
    let numbered = source.lines.iter().zip(1..);
    numbered
        .filter_map(|(line, number)| {
            let (name, form) = odd_limit(line)?;
            let path = &source.path;
            Some(format!("{path}:{number}: `{name}`; name it `{form}`"))
        })
        .collect()
}

fn odd_limit(line: &str) -> Option<(&str, &str)> {
    let setter = line.trim_start().strip_prefix("pub fn ")?;
    let (name, argument) = setter.split_once("(mut self, ")?;
    let (ty, _) = argument.split_once(": ")?.1.split_once(')')?;
    let (form, has_it) = match ty {
        "Duration" => ("…_timeout", name.ends_with("_timeout")),
        "usize" | "u32" | "u64" => ("max_…", name.starts_with("max_")),
        _ => return None,
    };
    (!has_it && !NOUNS.contains(&name)).then_some((name, form))
}

#[test]
fn limits_of_another_form_are_found() {
    let text = "pub fn wait_limit(mut self, limit: Duration) -> Self {}\n\
                pub fn quota(mut self, calls: usize) -> Self {}\n\
                pub fn max_tasks(mut self, calls: u64) -> Self {}\n\
                pub fn idle_timeout(mut self, limit: Duration) -> Self {}\n\
                pub fn timeout(mut self, limit: Duration) -> Self {}\n\
                pub fn nested(mut self, allowed: bool) -> Self {}\n";

    let found = [text, ""].map(|text| odd_limits(&Source::new("a/builder.rs", text)).len());
    let elsewhere = odd_limits(&Source::new("a/options.rs", text));

    assert_eq!((found, elsewhere.len()), ([2, 0], 0));
}
