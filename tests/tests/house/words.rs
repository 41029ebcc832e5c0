//! Phrases that comments and prose do not use: they name no part and no number, or a name that is
//! gone.
//!
//! The style asks for the part that acts ("the reactor reaps workers") and for the number's name.

use crate::source::Source;

/// Each phrase, and what to write; as whole words, in any case.
const PHRASES: &[(&str, &str)] = &[
    ("so many", NUMBER),
    ("so long", NUMBER),
    ("as many", NUMBER),
    ("somebody", ACTOR),
    ("nobody", ACTOR),
    ("whoever", ACTOR),
    ("strand", "write `logical thread`"),
    ("desk", "write `scheduler`"),
    ("parcel", "write `encoded call`"),
    ("parcels", "write `encoded calls`"),
    ("errand", "write `queued items`"),
    ("errands", "write `queued items`"),
    ("tether", "write `remote cancel`"),
    ("steward", "write `rewake timer`"),
    ("newborn", "write `spawned worker`"),
    ("stillborn", "write `spawn failed`"),
    ("crew", "write `I/O threads`, or `workers`"),
];

const NUMBER: &str = "give the number its name";
const ACTOR: &str = "name the part that acts";

/// Types that are called something else; found as code, in backticks.
const GONE: &[&str] = &[
    "Hold",
    "Desk",
    "Parcel",
    "Errand",
    "Flight",
    "Verdict",
    "Tether",
    "Crew",
    "Links",
    "Bell",
    "Voice",
    "Aloud",
    "Untold",
    "Outlet",
    "Recipe",
    "Newborn",
    "Wild",
    "Nonsense",
    "Stranger",
    "Misunderstood",
    "Lot",
    "Round",
    "Steward",
    "Seat",
    "Roster",
    "Rooms",
    "Filled",
    "Spares",
    "Shelf",
    "Patience",
    "Late",
    "Away",
    "Aside",
    "LineOfItsOwn",
    "Door",
    "Lent",
    "Sent",
    "SharedResult",
];

/// What the comments of a file had better not say.
pub(crate) fn in_comments(source: &Source) -> Vec<String> {
    let paragraphs = source.paragraphs();
    let lines = paragraphs.map(|lines| {
        let lines = lines.iter();
        lines.map(|(number, text)| (*number, text.trim_start_matches(['/', '!'])))
    });
    lines
        .flat_map(|lines| in_paragraph(&source.path, lines))
        .collect()
}

/// What some lines of prose that follow one another had better not say.
pub(crate) fn in_paragraph<'a>(
    path: &str,
    lines: impl Iterator<Item = (usize, &'a str)>,
) -> Vec<String> {
    let (mut text, mut starts) = (String::new(), Vec::new());
    let mut is_example = false;
    for (number, line) in lines {
        is_example ^= line.trim_start().starts_with("```");
        if is_example {
            continue;
        }
        starts.push((text.len(), number));
        text.extend([line.trim(), " "]);
    }
    let place = |at: usize| {
        let before = starts.iter().rev().find(|(start, _)| *start <= at);
        format!("{path}:{}", before.map_or(0, |(_, number)| *number))
    };
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (phrase, advice) in PHRASES {
        let wrong = whole_words(&lower, phrase);
        found.extend(wrong.map(|at| format!("{}: `{phrase}`; {advice}", place(at))));
    }
    // In the midst of a sentence there may be `one that`, as an object.
    let subjects = whole_words(&text, "One that");
    found.extend(subjects.map(|at| format!("{}: `One that`; {ACTOR}", place(at))));
    for name in GONE {
        let wrong = text
            .match_indices(&format!("`{name}`"))
            .map(|(at, _)| at)
            .collect::<Vec<_>>();
        let advice = "is called something else";
        found.extend(
            wrong
                .iter()
                .map(|at| format!("{}: `{name}` {advice}", place(*at))),
        );
    }
    found
}

fn whole_words<'a>(text: &'a str, phrase: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let all = text.match_indices(phrase).map(|(at, _)| at);
    all.filter(move |at| {
        !text[..*at].ends_with(is_of_word) && !text[at + phrase.len()..].starts_with(is_of_word)
    })
}

#[test]
fn a_phrase_is_found_in_any_comment_and_over_the_end_of_a_line() {
    for (text, line) in [
        ("//! Lets so many be pending.", 1),
        ("a; // Somebody\n", 1),
        ("a;\n/// At most so\n/// many.", 2),
        ("// One that waits.", 1),
        ("/// See [`Parcel`].", 1),
    ] {
        let found = in_comments(&Source::new("a.rs", text));

        assert!(
            found
                .first()
                .is_some_and(|found| found.starts_with(&format!("a.rs:{line}: "))),
            "{found:?} in {text}"
        );
    }
}

#[test]
fn code_parts_of_words_and_objects_are_fine() {
    for text in [
        "let desk = \"so many\";",
        "// Also long, and has many; desks, `crew_of`; take one that fits.",
        "// Hold on, and go away.",
        "// It is so\nfn f() {} // many",
    ] {
        assert_eq!(
            in_comments(&Source::new("a.rs", text)),
            [""; 0],
            "in {text}"
        );
    }
}
