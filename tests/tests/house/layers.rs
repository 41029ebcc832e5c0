//! Which part of the runtime uses which, which room of `processes`, and which files go in circles.
//!
//! A part is the first step of a module path: `future.rs` and all in `future/` are the part
//! `future`. A reference is a path from the crate root, written `crate::part::..`, or with
//! `super::` up to there, in a `use` or in the midst of code.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    paths::{Crate, Steps, steps},
    source::Source,
};

/// All references that point up, or at no part, and all files that are no part's.
pub(crate) fn wrong_arrows(sources: &[Source], order: &[&str], roots: &[&str]) -> Vec<String> {
    let (all, mut found) = (Crate::read(sources), Vec::new());
    for Source { path, .. } in sources {
        let from = part(path);
        if roots.contains(&from) {
            continue;
        }
        if !order.contains(&from) {
            let advice = "has no place in the order; give it one in ORDER";
            found.push(format!("{path}:1: `{from}` {advice}"));
            continue;
        }
        for (line, to) in all.parts_used(&steps(path)) {
            let wrong = wrong_arrow(from, &to, order);
            found.extend(wrong.map(|wrong| format!("{path}:{line}: {wrong}")));
        }
    }
    found
}

fn wrong_arrow(from: &str, to: &str, order: &[&str]) -> Option<String> {
    let height = |name| order.iter().position(|part| *part == name);
    match height(to) {
        None => Some(format!(
            "`crate::{to}` is no part; name the part that it comes from"
        )),
        there => (height(from) < there).then(|| {
            format!(
                "`{from}` uses `{to}`, which lies above it; turn the arrow round, or move the code"
            )
        }),
    }
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
        let mut ends = ["", "/", ".rs"].iter();
        ends.any(|end| text.contains(&format!("`{name}{end}`")))
    };
    let unnamed = order.iter().filter(|name| !is_named(name));
    unnamed
        .map(|name| format!("ARCHITECTURE.md:1: no `{name}`; say what it is for"))
        .collect()
}

/// The part that a file belongs to: what follows `src/`, up to the next step.
pub(crate) fn part(path: &str) -> &str {
    let inside = path.split_once("src/").map_or(path, |(_, inside)| inside);
    let first = inside.split('/').next().unwrap_or_default();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// What rooms of a part use that lie above them, or on the other one of its sides.
pub(crate) fn wrong_rooms(
    sources: &[Source],
    part: &str,
    rooms: &[&str],
    sides: &[&str],
) -> Vec<String> {
    let (all, mut found) = (Crate::read(sources), Vec::new());
    let room = |file: &Steps| {
        let inside = format!("{}/", file.strip_prefix(&[part.to_owned()])?.join("/"));
        let holds = |room: &&&str| inside.starts_with(&format!("{room}/"));
        let best = rooms.iter().filter(holds).max_by_key(|room| room.len());
        rooms.iter().position(|room| Some(room) == best)
    };
    let side = |room: usize| sides.iter().position(|side| rooms[room].starts_with(side));
    for Source { path, .. } in sources {
        let Some(from) = room(&steps(path)) else {
            continue;
        };
        for (file, line) in all.needs(&steps(path)) {
            let Some(to) = room(&file) else { continue };
            let is_across = side(from).is_some() && side(to).is_some() && side(from) != side(to);
            let (from_name, to_name) = (rooms[from], rooms[to]);
            if from < to || is_across {
                let file = file.join("::");
                let wrong = if is_across {
                    "the other side"
                } else {
                    "which lies above it"
                };
                found.push(format!(
                    "{path}:{line}: `{from_name}` uses `{to_name}` ({file}), {wrong}; move the code"
                ));
            }
        }
    }
    found
}

/// The circles of files that are not allowed: each as its arrows. A file and those in its folder
/// are one noun: that it uses them is no arrow.
pub(crate) fn circles(
    sources: &[Source],
    roots: &[&str],
    allowed: &[(&[&str], &str)],
) -> Vec<String> {
    let all = Crate::read(sources);
    let inside = sources
        .iter()
        .filter(|source| !roots.contains(&part(&source.path)));
    let paths: BTreeMap<_, _> = inside
        .map(|source| (steps(&source.path), &source.path))
        .collect();
    let needs = paths.keys().map(|file| {
        let mut needs = all.needs(file);
        needs.retain(|(to, _)| !to.starts_with(file));
        (file, needs)
    });
    let needs: BTreeMap<_, _> = needs.collect();
    let reached: BTreeMap<_, _> = paths
        .keys()
        .map(|file| (file, reach(file, &needs)))
        .collect();
    let circle = |file: &Steps| -> BTreeSet<&Steps> {
        let there = reached[file].iter();
        there
            .filter(|other| reached[**other].contains(file))
            .copied()
            .collect()
    };
    let circles: BTreeSet<_> = paths
        .keys()
        .map(circle)
        .filter(|circle| circle.len() > 1)
        .collect();
    let is_allowed = |circle: &&BTreeSet<&Steps>| {
        let names: Vec<_> = circle.iter().map(|file| file.join("/")).collect();
        allowed
            .iter()
            .any(|(files, _)| names.iter().all(|name| files.contains(&name.as_str())))
    };
    let wrong = circles.iter().filter(|circle| !is_allowed(circle));
    let told = wrong.map(|circle| {
        let arrows = circle.iter().flat_map(|from| {
            let inner = needs[from].iter().filter(|(to, _)| circle.contains(to));
            inner.map(|(to, line)| format!("\n    {}:{line}: uses {}", paths[*from], to.join("::")))
        });
        let (count, arrows) = (circle.len(), arrows.collect::<String>());
        format!("{count} files in a circle; turn an arrow round, or argue it in CIRCLES:{arrows}")
    });
    told.collect()
}

/// The files that can be reached from one by one arrow or more.
fn reach<'a>(
    from: &Steps,
    needs: &'a BTreeMap<&Steps, Vec<(Steps, usize)>>,
) -> BTreeSet<&'a Steps> {
    let (mut reached, mut left) = (BTreeSet::new(), vec![from]);
    while let Some(file) = left.pop() {
        for (to, _) in needs.get(file).into_iter().flatten() {
            if needs.contains_key(to) && reached.insert(to) {
                left.push(to);
            }
        }
    }
    reached
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
    for (text, wrong) in [
        ("use super::super::high;", 1),
        ("use crate::high;", 1),
        ("use super::high;", 0),
        ("use super::{high, low};", 0),
        ("use self::high;", 0),
    ] {
        assert_eq!(
            judge("src/middle/cell.rs", text).len(),
            wrong,
            "in `{text}`"
        );
    }
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
        assert_eq!(judge("src/high.rs", text).len(), 1, "in `{text}`");
    }
    assert_eq!(judge("src/other.rs", "").len(), 1);
}

#[test]
fn tests_comments_and_roots_point_where_they_like() {
    for (path, text) in [
        (
            "src/low.rs",
            "#[cfg(test)]\nmod tests {\n    use crate::high::A;\n}",
        ),
        ("src/low.rs", "/// See [`crate::high::A`].\nstruct B;"),
        ("src/lib.rs", "pub use crate::high::A;"),
    ] {
        assert_eq!(judge(path, text), [""; 0]);
    }
}

#[test]
fn a_part_that_is_gone_or_unnamed_is_found() {
    let sources = [Source::new("src/low/mod.rs", "")];
    let unnamed = unnamed_parts("`low/` is below `high`.", &["low", "high", "below"]);

    assert_eq!(missing_parts(&sources, &["low", "high"]).len(), 1);
    assert_eq!(unnamed.len(), 1);
}

#[test]
fn a_room_uses_neither_those_above_nor_the_other_side() {
    let sources = [
        Source::new("src/p.rs", "mod low; mod left; mod right;"),
        Source::new("src/p/low.rs", "struct L;\nfn f() { super::right::R; }"),
        Source::new(
            "src/p/left.rs",
            "use super::low::L;\nuse super::right::inner::R;",
        ),
        Source::new(
            "src/p/right.rs",
            "mod inner;\npub use inner::R;\nuse super::left::A;",
        ),
        Source::new("src/p/right/inner.rs", "struct R;\nuse crate::p::low::L;"),
    ];

    let found = wrong_rooms(&sources, "p", &["low", "left", "right"], &["left", "right"]);

    let places = found
        .iter()
        .map(|found| found.split(": ").next().unwrap_or_default());
    let expected = ["src/p/low.rs:2", "src/p/left.rs:2", "src/p/right.rs:3"];
    assert_eq!(places.collect::<Vec<_>>(), expected, "{found:?}");
}

#[test]
fn a_circle_of_files_is_found_through_names_that_are_handed_on() {
    let sources = [
        Source::new(
            "src/p.rs",
            "mod a; mod b; mod c;\npub(crate) use a::A;\nuse b::B;",
        ),
        Source::new("src/p/a.rs", "use super::b;\nstruct A;\nfn f() { b::g(); }"),
        Source::new("src/p/b.rs", "use crate::p::A;\nstruct B;\nfn g() {}"),
        Source::new("src/p/c.rs", "use super::{A, h};"),
    ];

    let found = circles(&sources, &[], &[]);

    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("2 files"), "{found:?}");
    assert_eq!(
        circles(&sources, &[], &[(&["p/a", "p/b"], "reason")]),
        [""; 0]
    );
}
