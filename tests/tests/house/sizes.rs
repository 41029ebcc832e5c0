//! How long files, functions and lines are, and how a file opens.

use proc_macro2::TokenTree;

use crate::source::{Source, each_level, is_block, is_sign};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 50;
const COLUMNS: usize = 100;

pub(crate) fn long_file(Source { path, lines, .. }: &Source) -> Option<String> {
    let (count, over) = (lines.len(), FILE_LINES + 1);
    let advice = format!("split by idea; at most {FILE_LINES}");
    (count > FILE_LINES).then(|| format!("{path}:{over}: {count} lines; {advice}"))
}

pub(crate) fn no_opening(Source { path, lines, .. }: &Source) -> Option<String> {
    let opens =
        |line: &String| line.starts_with("//!") || line.starts_with("#![doc = include_str!");
    let missing = !lines.iter().take(3).any(opens);
    missing.then(|| format!("{path}:1: no module docs; open with `//!` and the idea"))
}

/// A function with a body.
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// All functions of a file, but for those that only tests compile.
pub(crate) fn functions(source: &Source) -> Vec<Function> {
    let mut functions = Vec::new();
    each_level(&source.code, &mut |level| {
        for (at, pair) in level.windows(2).enumerate() {
            if let [TokenTree::Ident(keyword), TokenTree::Ident(name)] = pair
                && keyword == "fn"
                && let Some(body) = level[at..]
                    .iter()
                    .find(|token| is_block(token) || is_sign(token, ';'))
                && is_block(body)
            {
                let (first, last) = (keyword.span().start().line, body.span().end().line);
                functions.push(Function {
                    name: name.to_string(),
                    first,
                    last,
                });
            }
        }
    });
    functions
}

pub(crate) fn long_functions(source: &Source) -> Vec<String> {
    let all = functions(source)
        .into_iter()
        .map(|function| (function.last - function.first + 1, function));
    let long = all.filter(|(lines, _)| *lines > FUNCTION_LINES);
    let advice = format!("give its second idea a name; at most {FUNCTION_LINES}");
    long.map(|(lines, Function { name, first, .. })| {
        format!(
            "{}:{first}: `{name}` has {lines} lines; {advice}",
            source.path
        )
    })
    .collect()
}

/// The lines of a Rust file that are too wide; a literal that cannot be broken may be.
pub(crate) fn wide_lines(source: &Source) -> Vec<String> {
    let is_in_literal = |line: usize| {
        let mut literals = source.literals.iter();
        literals.any(|(start, end)| {
            let begins = start.line < line || start.line == line && start.column < COLUMNS;
            let ends = end.line > line || end.line == line && end.column > COLUMNS;
            begins && ends
        })
    };
    let mut is_example = false;
    let mut wide = Vec::new();
    for (line, number) in source.lines.iter().zip(1..) {
        let comment = source
            .comments
            .binary_search_by_key(&number, |(line, _)| *line);
        let comment = comment.map(|at| source.comments[at].1.trim_start_matches(['/', '!']).trim());
        is_example = match comment {
            Ok(text) => is_example != text.starts_with("```"),
            Err(_) => false,
        };
        let may_be = comment.map_or_else(
            |_| is_in_literal(number),
            |text| is_example || is_whole(text),
        );
        wide.extend(wide_line(&source.path, line, number).filter(|_| !may_be));
    }
    wide
}

/// The lines of prose of a Markdown file that are too wide.
pub(crate) fn wide_prose(path: &str, text: &str) -> Vec<String> {
    let wide = prose(text).filter(|(_, line)| !is_whole(line));
    wide.filter_map(|(number, line)| wide_line(path, line, number))
        .collect()
}

/// The lines of a Markdown file that are no code, with their numbers.
pub(crate) fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let (mut is_fenced, mut is_indented, mut before) = (false, false, "");
    text.lines().zip(1..).filter_map(move |(line, number)| {
        let is_fence = line.trim_start().starts_with("```");
        is_fenced = is_fenced != is_fence;
        let can_begin = is_indented || before.trim().is_empty();
        is_indented =
            line.starts_with("    ") && can_begin || is_indented && line.trim().is_empty();
        before = line;
        (!is_fenced && !is_fence && !is_indented).then_some((number, line))
    })
}

/// Whether a line of prose cannot be broken: rows of tables, links, pictures.
fn is_whole(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(['|', '<']) || line.starts_with("![") || line.contains("://")
}

fn wide_line(path: &str, line: &str, number: usize) -> Option<String> {
    let columns = line.chars().count();
    let advice = format!("fold it; at most {COLUMNS}");
    (columns > COLUMNS).then(|| format!("{path}:{number}: {columns} columns; {advice}"))
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
        let body = "        a;\n".repeat(lines);
        format!("\nimpl A {{\n    fn f(a: [u8; 2])\n    {{\n{body}    }}\n}}")
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

#[test]
fn a_line_may_have_100_columns_and_no_more() {
    let long = "é".repeat(101);
    for (text, wide) in [
        (format!("// {}", &long[..2 * 97]), 0),
        (format!("// {long}"), 1),
        (format!("a; // {long}"), 1),
        (format!("a{long};"), 1),
        (format!("//! ```text\n//! {long}\n//! ```\n//! {long}"), 1),
        (format!("/// | {long} |\n/// https://{long}"), 0),
        (format!("f(\"{long}\");"), 0),
    ] {
        assert_eq!(
            wide_lines(&Source::new("a.rs", &text)).len(),
            wide,
            "in {text}"
        );
    }
}

#[test]
fn code_tables_and_links_in_markdown_may_be_wide() {
    let long = "x".repeat(101);
    let given = format!(
        "{long}\n\n    {long}\n\n    {long}\n\n| {long}\n```\n{long}\n```\n- a\n    {long}\n"
    );

    let found = wide_prose("a.md", &given);

    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[1].starts_with("a.md:12: 105 columns"), "{found:?}");
}
