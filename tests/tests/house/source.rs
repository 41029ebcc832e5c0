//! Source files as the rules see them: lines, comments, literals, and the tokens of the code.
//!
//! Tokens know their place, and comments and strings are not among them. What only tests compile is
//! left out of `code`, and so is a whole file that a `#[cfg(test)] mod name;` elsewhere declares.

use std::{fs, path::Path, process::Command};

use proc_macro2::{Delimiter, Group, LineColumn, TokenStream, TokenTree};
use syn::{Meta, Token, parse::Parser, punctuated::Punctuated};

/// One Rust file of the project.
pub(crate) struct Source {
    /// From the project's root, with `/` between the folders.
    pub(crate) path: String,
    pub(crate) lines: Vec<String>,
    pub(crate) code: TokenStream,
    /// What follows `//`, with its line.
    pub(crate) comments: Vec<(usize, String)>,
    pub(crate) literals: Vec<(LineColumn, LineColumn)>,
    /// The modules of other files that only tests compile, as paths without `.rs`.
    tests: Vec<String>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Source {
        let tokens: TokenStream = match text.parse() {
            Ok(tokens) => tokens,
            Err(error) => panic!("{path}: {error}"),
        };
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let (ends, literals) = ends(&tokens, &lines);
        let comments = lines.iter().zip(&ends).zip(1..);
        let comments = comments
            .filter_map(|((line, end), number)| Some((number, comment(line, *end)?)))
            .collect();
        let mut tests = Vec::new();
        let code = without_tests(tokens, &mut tests);
        let folder = folder(path);
        tests
            .iter_mut()
            .for_each(|name| *name = format!("{folder}/{name}"));
        let path = path.to_owned();
        Source {
            path,
            lines,
            code,
            comments,
            literals,
            tests,
        }
    }

    /// Comments that follow one another, one a line; one beside code begins anew.
    pub(crate) fn paragraphs(&self) -> impl Iterator<Item = &[(usize, String)]> {
        let goes_on = |line: usize| self.lines[line - 1].trim_start().starts_with("//");
        let comments = &self.comments;
        comments.chunk_by(move |(before, _), (after, _)| before + 1 == *after && goes_on(*after))
    }
}

/// All Rust files below some folders of the project.
pub(crate) fn files(folders: &[&str]) -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in folders {
        let before = sources.len();
        collect(folder, &mut sources);
        assert!(
            sources.len() > before,
            "no Rust file in `{folder}`; has the folder moved?"
        );
    }
    without_test_files(sources)
}

/// The text of a file of the project; `None` if there is none or it is no text.
pub(crate) fn read(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(&root()).join(path)).ok()
}

/// What git keeps, or would with the next `git add`; `None` without git.
pub(crate) fn committed() -> Option<Vec<String>> {
    let list = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let output = Command::new("git")
        .args(list)
        .current_dir(root())
        .output()
        .ok()?;
    let paths = String::from_utf8_lossy(&output.stdout).into_owned();
    let paths = paths.split_terminator('\0').map(str::to_owned).collect();
    output.status.success().then_some(paths)
}

fn root() -> String {
    // Cargo sets it at run time too, so that a program built elsewhere looks at this checkout.
    let built = env!("CARGO_MANIFEST_DIR");
    let package = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| built.to_owned());
    format!("{package}/..")
}

fn collect(folder: &str, sources: &mut Vec<Source>) {
    let entries = fs::read_dir(Path::new(&root()).join(folder))
        .into_iter()
        .flatten();
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    for path in names.iter().map(|name| format!("{folder}/{name}")) {
        if !path.ends_with(".rs") {
            collect(&path, sources);
        } else if let Some(text) = read(&path) {
            sources.push(Source::new(&path, &text));
        }
    }
}

/// The folder that the modules of a file lie in.
fn folder(path: &str) -> &str {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    let gathers = |name: &&&str| stem.ends_with(**name);
    let end = ["/lib", "/main", "/mod"]
        .iter()
        .find(gathers)
        .map_or(0, |name| name.len());
    &stem[..stem.len() - end]
}

fn without_test_files(mut sources: Vec<Source>) -> Vec<Source> {
    let tests: Vec<_> = sources
        .iter()
        .flat_map(|source| source.tests.clone())
        .collect();
    for source in &mut sources {
        let folder = folder(&source.path);
        let is_inside = |test: &String| format!("{folder}/").starts_with(&format!("{test}/"));
        if tests.iter().any(is_inside) {
            source.code = TokenStream::new();
        }
    }
    sources
}

/// For each line the column where its last token ends; and the places of the literals.
fn ends(tokens: &TokenStream, lines: &[String]) -> (Vec<usize>, Vec<(LineColumn, LineColumn)>) {
    let (mut ends, mut literals) = (vec![0; lines.len()], Vec::new());
    each_level(tokens, &mut |level| {
        for token in level {
            let start = token.span().start();
            let rest = lines[start.line - 1].chars().skip(start.column);
            if rest.take(2).eq("//".chars()) {
                continue; // The tokens of a doc comment lie where the comment does.
            }
            if let TokenTree::Group(group) = token {
                let open = group.span_open().end();
                ends[open.line - 1] = ends[open.line - 1].max(open.column);
            }
            let end = token.span().end();
            if let TokenTree::Literal(_) = token {
                ends[start.line - 1..end.line - 1].fill(usize::MAX);
                literals.push((start, end));
            }
            ends[end.line - 1] = ends[end.line - 1].max(end.column);
        }
    });
    (ends, literals)
}

fn comment(line: &str, end: usize) -> Option<String> {
    let rest: String = line.chars().skip(end).collect();
    Some(rest.trim_start().strip_prefix("//")?.to_owned())
}

/// Calls `visit` with the tokens of each pair of brackets, and with the outermost ones.
pub(crate) fn each_level(tokens: &TokenStream, visit: &mut impl FnMut(&[TokenTree])) {
    let level: Vec<_> = tokens.clone().into_iter().collect();
    visit(&level);
    for token in &level {
        if let TokenTree::Group(group) = token {
            each_level(&group.stream(), visit);
        }
    }
}

/// The tokens but for those that only tests compile; notes the modules in files of their own.
fn without_tests(tokens: TokenStream, modules: &mut Vec<String>) -> TokenStream {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if let Some(end) = test_item(&tokens, at) {
            if let [.., TokenTree::Ident(keyword), TokenTree::Ident(name), _] = &tokens[at..end]
                && keyword == "mod"
                && is_sign(&tokens[end - 1], ';')
            {
                modules.push(name.to_string());
            }
            at = end;
            continue;
        }
        kept.push(match tokens[at].clone() {
            TokenTree::Group(group) => {
                let mut inner =
                    Group::new(group.delimiter(), without_tests(group.stream(), modules));
                inner.set_span(group.span());
                inner.into()
            }
            other => other,
        });
        at += 1;
    }
    kept.into_iter().collect()
}

/// Where the item ends whose test-only attribute begins at `at`.
fn test_item(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let is_inner = is_sign(tokens.get(at + 1)?, '!');
    let bracket = at + 1 + usize::from(is_inner);
    match (&tokens[at], tokens.get(bracket)?) {
        (sign, TokenTree::Group(group)) if is_sign(sign, '#') => {
            let meta = syn::parse2(group.stream()).ok()?;
            let condition = parts(&meta, "cfg")?;
            condition.iter().any(needs_test).then_some(())?;
        }
        _ => return None,
    }
    let is_last = |token: &TokenTree| is_sign(token, ';') || is_block(token);
    let rest = &tokens[bracket + 1..];
    let end = rest.iter().position(is_last).filter(|_| !is_inner);
    Some(end.map_or(tokens.len(), |end| bracket + end + 2))
}

/// Whether a condition can be true in tests alone.
fn needs_test(meta: &Meta) -> bool {
    let all = parts(meta, "all").is_some_and(|parts| parts.iter().any(needs_test));
    let any = parts(meta, "any").is_some_and(|parts| parts.iter().all(needs_test));
    all || any || meta.path().is_ident("test")
}

fn parts(meta: &Meta, name: &str) -> Option<Punctuated<Meta, Token![,]>> {
    let list = meta.require_list().ok()?;
    let parts = Punctuated::parse_terminated.parse2(list.tokens.clone());
    parts.ok().filter(|_| list.path.is_ident(name))
}

pub(crate) fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

pub(crate) fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

#[test]
fn code_is_what_is_not_for_tests_alone() {
    for (text, left) in [
        (
            "#[cfg(test)] mod t { fn a() { b(); } } fn c() {}",
            "fn c () { }",
        ),
        (
            "#[cfg(test)] #[path = \"x\"] mod t; fn c() {}",
            "fn c () { }",
        ),
        (
            "#[cfg(all(not(loom), test))] fn f(a: [u8; 3]) -> u8 { a } c",
            "c",
        ),
        (
            "mod a { #[cfg(all(test, loom))] mod t { x } c }",
            "mod a { c }",
        ),
        (
            "#[cfg(any(test, unix))] c;",
            "# [cfg (any (test , unix))] c ;",
        ),
        (
            "#[cfg(not(all(test, unix)))] c",
            "# [cfg (not (all (test , unix)))] c",
        ),
        ("#![cfg(test)]\nfn c() {}", ""),
    ] {
        assert_eq!(
            Source::new("a.rs", text).code.to_string(),
            left,
            "of `{text}`"
        );
    }
}

#[test]
fn files_declared_for_tests_have_no_code() {
    let given = vec![
        Source::new("src/future.rs", "#[cfg(test)]\nmod tests;\nmod cell;"),
        Source::new("src/future/tests.rs", "a"),
        Source::new("src/future/tests/more.rs", "b"),
        Source::new("src/future/cell.rs", "c"),
    ];

    let code = without_test_files(given)
        .into_iter()
        .map(|source| source.code.to_string());

    assert_eq!(code.skip(1).collect::<Vec<_>>(), ["", "", "c"]);
}

#[test]
fn comments_are_told_from_code_and_literals() {
    let text = "//! One.\nf(\"// no\"); // Two.\n/// Three.\nx = \"\n// no\n\"; // Four.";

    let source = Source::new("a.rs", text);

    let expected = [(1, "! One."), (2, " Two."), (3, "/ Three."), (6, " Four.")];
    assert_eq!(
        source.comments,
        expected.map(|(line, text)| (line, text.to_owned()))
    );
    assert_eq!(source.paragraphs().count(), 3);
}
