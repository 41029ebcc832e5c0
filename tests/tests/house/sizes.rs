//! How long files and functions are, and how a file opens.

use crate::source::{Source, body, closing, is_of_word, words};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 50;

pub(crate) fn long_file(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    let advice = format!("split by idea; at most {FILE_LINES}");
    (lines > FILE_LINES).then(|| {
        format!(
            "{}:{}: {lines} lines; {advice}",
            source.path,
            FILE_LINES + 1
        )
    })
}

pub(crate) fn no_opening(source: &Source) -> Option<String> {
    let opens = |line: &str| line.starts_with("//!") || line.starts_with("#![doc = include_str!");
    let missing = !source.text.lines().take(3).any(opens);
    missing.then(|| {
        format!(
            "{}:1: no module docs; open with `//!` and the idea",
            source.path
        )
    })
}

/// The functions that are too long, without those only tests compile.
pub(crate) fn long_functions(source: &Source) -> Vec<String> {
    let starts = words(&source.code).filter(|(_, word)| *word == "fn");
    starts
        .filter_map(|(at, _)| long_function(source, at))
        .collect()
}

fn long_function(source: &Source, at: usize) -> Option<String> {
    let after = source.code[at + "fn".len()..].strip_prefix(' ')?;
    let name = &after[..after.find(|letter| !is_of_word(letter))?];
    let open = body(&source.code, at).filter(|_| !name.is_empty())?;
    let lines = source.line(closing(&source.code, open) - 1) - source.line(at) + 1;
    let advice = format!("give its second idea a name; at most {FUNCTION_LINES}");
    (lines > FUNCTION_LINES)
        .then(|| format!("{}: `{name}` has {lines} lines; {advice}", source.place(at)))
}

#[test]
fn a_file_may_have_400_lines_and_no_more() {
    let fits = Source::new("a.rs", &"x\n".repeat(400));
    let long = Source::new("a.rs", &"x\n".repeat(401));

    assert_eq!(long_file(&fits), None);
    assert!(long_file(&long).is_some_and(|found| found.starts_with("a.rs:401: 401 lines")));
}

#[test]
fn a_file_opens_with_module_docs() {
    let opening = |text| no_opening(&Source::new("a.rs", text));

    assert_eq!(opening("//! The idea.\n\nuse a;"), None);
    assert_eq!(
        opening("#![doc = include_str!(\"../README.md\")]\nuse a;"),
        None
    );
    assert!(opening("// Not docs.\nuse a;\n").is_some());
    assert!(opening("").is_some());
}

#[test]
fn a_function_may_have_50_lines_and_no_more() {
    let with = |lines| {
        format!(
            "\nimpl A {{\n    fn f(a: [u8; 2])\n    {{\n{}    }}\n}}",
            "        a;\n".repeat(lines)
        )
    };
    let found = |text: &str| long_functions(&Source::new("a.rs", text));

    assert_eq!(found(&with(47)), [""; 0]);
    assert_eq!(found(&with(48)).len(), 1);
    assert!(found(&with(48))[0].starts_with("a.rs:3: `f` has 51 lines"));
}

#[test]
fn what_only_looks_like_a_function_is_none() {
    let long = "\n".repeat(60);
    let inside_test = format!("#[cfg(test)]\nmod tests {{ fn f() {{{long}}} }}");
    let pointer = format!("type F = fn(u8);\nstruct A {{{long}}}");
    let declared = format!("trait A {{ fn f();\n{long} }}");

    for text in [inside_test, pointer, declared] {
        assert_eq!(
            long_functions(&Source::new("a.rs", &text)),
            [""; 0],
            "in {text}"
        );
    }
}
