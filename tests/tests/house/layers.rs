//! Which part of the runtime uses which.
//!
//! A part is the first step of a module path: `future.rs` and all in `future/` are the part `future`. A
//! reference is a path from the crate root, written `crate::part::..`, or with as many `super::` as lead
//! there, in a `use` or in the midst of code.

use crate::source::{Source, body, closing, words};

/// All references that point up, or at no part, and all files that are no part's.
pub(crate) fn wrong_arrows(sources: &[Source], order: &[&str], roots: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        let from = part(&source.path);
        if roots.contains(&from) {
            continue;
        }
        if !order.contains(&from) {
            found.push(format!(
                "{}:1: `{from}` has no place in the order; give it one in ORDER",
                source.path
            ));
            continue;
        }
        for (at, to) in references(source) {
            let wrong = wrong_arrow(from, to, order);
            found.extend(wrong.map(|wrong| format!("{}: {wrong}", source.place(at))));
        }
    }
    found
}

/// The listed parts that no file belongs to.
pub(crate) fn missing_parts(sources: &[Source], order: &[&str]) -> Vec<String> {
    let is_there = |name: &str| sources.iter().any(|source| part(&source.path) == name);
    let missing = order.iter().filter(|name| !is_there(name));
    missing
        .map(|name| format!("runtime/src: no part `{name}`; take it out of ORDER"))
        .collect()
}

/// The parts that a text never names as code: `` `future` ``, `` `future/` `` or `` `future.rs` ``.
pub(crate) fn unnamed_parts(text: &str, order: &[&str]) -> Vec<String> {
    let is_named = |name: &str| {
        ["", "/", ".rs"]
            .iter()
            .any(|end| text.contains(&format!("`{name}{end}`")))
    };
    let unnamed = order.iter().filter(|name| !is_named(name));
    unnamed
        .map(|name| format!("ARCHITECTURE.md:1: no `{name}`; say what it is for"))
        .collect()
}

/// The part that a file belongs to: what follows `src/`, up to the next step.
fn part(path: &str) -> &str {
    steps(path).next().unwrap_or_default()
}

/// The steps of a file's module path.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    let inside = path.rsplit_once("src/").map_or(path, |(_, inside)| inside);
    let stem = inside.strip_suffix(".rs").unwrap_or(inside);
    stem.strip_suffix("/mod").unwrap_or(stem).split('/')
}

fn wrong_arrow(from: &str, to: &str, order: &[&str]) -> Option<String> {
    let height = |name| order.iter().position(|part| *part == name);
    match height(to) {
        None => Some(format!(
            "`crate::{to}` is no part; name the part that it comes from"
        )),
        Some(there) if height(from) < Some(there) => Some(format!(
            "`{from}` uses `{to}`, which lies above it; turn the arrow round, or move the code"
        )),
        Some(_) => None,
    }
}

/// The first step of every path from the crate root, with its offset.
fn references(source: &Source) -> Vec<(usize, &str)> {
    let code = source.code.as_str();
    let (mut found, mut passed) = (Vec::new(), 0);
    for (at, word) in words(code) {
        let after = match word {
            "crate" => at + word.len(),
            "super" if at >= passed => {
                let (count, end) = climb(code, at);
                passed = end;
                if count < depth(source, at) {
                    continue;
                }
                end
            }
            _ => continue,
        };
        found.extend(first_steps(code, after));
    }
    found
}

/// How many `super` follow one another from `at`, and where the last one ends.
fn climb(code: &str, at: usize) -> (usize, usize) {
    let (mut count, mut end) = (1, at + "super".len());
    while let Some(next) = step(code, end).filter(|next| code[*next..].starts_with("super")) {
        count += 1;
        end = next + "super".len();
    }
    (count, end)
}

/// How many modules enclose an offset: those of the file's path and those opened in the file.
fn depth(source: &Source, at: usize) -> usize {
    let opened = words(&source.code[..at]).filter(|(_, word)| *word == "mod");
    let bodies = opened.filter_map(|(start, _)| body(&source.code, start));
    steps(&source.path).count()
        + bodies
            .filter(|open| *open < at && at < closing(&source.code, *open))
            .count()
}

/// The names that may follow a path which ends at `at`: one, or those of a group in braces.
fn first_steps(code: &str, at: usize) -> Vec<(usize, &str)> {
    let Some(next) = step(code, at) else {
        return Vec::new();
    };
    if !code[next..].starts_with('{') {
        return vec![name(code, next)];
    }
    let group = &code[next..closing(code, next)];
    let (mut found, mut depth) = (Vec::new(), 0);
    for (offset, byte) in group.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 1 && matches!(byte, b'{' | b',') {
            let first = skip_blanks(code, next + offset + 1);
            found.extend((!code[first..].starts_with('}')).then(|| name(code, first)));
        }
    }
    found
}

/// The offset after a `::` at `at`, if there is one.
fn step(code: &str, at: usize) -> Option<usize> {
    let colons = skip_blanks(code, at);
    code[colons..]
        .starts_with("::")
        .then(|| skip_blanks(code, colons + 2))
}

fn skip_blanks(code: &str, at: usize) -> usize {
    code.len() - code[at..].trim_start().len()
}

/// The name at an offset, or the sign (as in `crate::*`).
fn name(code: &str, at: usize) -> (usize, &str) {
    let rest = code[at..].strip_prefix("r#").unwrap_or(&code[at..]);
    let length = rest
        .find(|letter| !crate::source::is_of_word(letter))
        .unwrap_or(rest.len());
    (at, &rest[..length.max(1).min(rest.len())])
}

#[cfg(test)]
fn judge(path: &str, text: &str) -> Vec<String> {
    wrong_arrows(
        &[Source::new(path, text)],
        &["low", "middle", "high"],
        &["lib"],
    )
}

#[test]
fn an_arrow_that_points_down_or_stays_is_fine() {
    let text =
        "use crate::low::A;\nuse crate::middle::{B, c::D};\npub(crate) fn f() { crate::low::g() }";

    assert_eq!(judge("src/middle.rs", text), [""; 0]);
}

#[test]
fn an_upward_arrow_is_found() {
    let arrow = "`middle` uses `high`, which lies above it; turn the arrow round, or move the code";
    for text in [
        "use crate::high::A;",
        "use crate::{low::{B, C}, high};",
        "use {crate::low::B, crate :: high};",
        "pub use crate::{\n    low::B, // {\n    high::{A, D},\n};",
        "fn f() { let a = crate::high::g(); }",
        "macro_rules! m { () => { $crate::high::g() } }",
        "use super::high::A;",
        "mod inner { use super::super::high; }",
        "use super::{low, high};",
    ] {
        let found = judge("runtime/src/middle.rs", text);

        assert_eq!(found.len(), 1, "in `{text}`: {found:?}");
        assert!(found[0].ends_with(arrow), "{found:?}");
    }
}

#[test]
fn an_upward_arrow_deep_in_a_folder_is_found() {
    let upward = ["use super::super::high;", "use crate::high;"];
    let downward = [
        "use super::high;",
        "use super::{high, low};",
        "use self::high;",
    ];

    assert!(
        upward
            .iter()
            .all(|text| judge("src/middle/cell.rs", text).len() == 1)
    );
    assert!(
        downward
            .iter()
            .all(|text| judge("src/middle/cell.rs", text).is_empty())
    );
    assert_eq!(judge("src/middle/mod.rs", "use super::high;").len(), 1);
}

#[test]
fn an_arrow_names_its_line() {
    let found = judge(
        "src/low.rs",
        "//! Text.\n\nuse crate::{\n    low,\n    high,\n};",
    );

    assert!(found[0].starts_with("src/low.rs:5: "), "{found:?}");
}

#[test]
fn what_is_no_part_is_found() {
    for text in [
        "use crate::Thing;",
        "use crate::*;",
        "use crate::{self};",
        "use crate::lib;",
    ] {
        let found = judge("src/high.rs", text);

        assert_eq!(found.len(), 1, "in `{text}`: {found:?}");
        assert!(found[0].contains("is no part"), "{found:?}");
    }
    assert!(judge("src/new.rs", "")[0].contains("`new` has no place in the order"));
}

#[test]
fn tests_comments_and_the_root_may_point_anywhere() {
    let inside = "#[cfg(test)]\nmod tests { use crate::high::A; use super::super::high; }";

    assert_eq!(judge("src/low.rs", inside), [""; 0]);
    assert_eq!(
        judge("src/low.rs", "/// See [`crate::high::A`].\nstruct B;"),
        [""; 0]
    );
    assert_eq!(judge("src/lib.rs", "pub use crate::high::A;"), [""; 0]);
}

#[test]
fn a_part_that_is_gone_or_unnamed_is_found() {
    let sources = [Source::new("src/low/mod.rs", "")];

    assert_eq!(missing_parts(&sources, &["low", "high"]).len(), 1);
    assert_eq!(
        unnamed_parts("`low/` is below `high`.", &["low", "high", "below"]).len(),
        1
    );
}
