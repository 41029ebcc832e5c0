//! Source files as the rules see them: the text, and the code in it.
//!
//! `code` is as long as `text`, so that an offset means the same place in both. Comments, strings and
//! character literals are blanked, so that a brace or a path inside them misleads nobody; so is what
//! only tests compile.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One file below the project's root.
pub(crate) struct Source {
    /// From the project's root, with `/` between the folders.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) code: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Source {
        let (path, text) = (path.to_owned(), text.to_owned());
        let code = without_tests(&without_literals(&text));
        Source { path, text, code }
    }

    /// Where an offset lies, as `file:line`.
    pub(crate) fn place(&self, at: usize) -> String {
        format!("{}:{}", self.path, self.line(at))
    }

    pub(crate) fn line(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count() + 1
    }
}

/// All Rust files below a folder of the project.
pub(crate) fn files(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    assert!(
        !paths.is_empty(),
        "no Rust file in `{folder}`; has the folder moved?"
    );

    let sources: Vec<_> = paths.iter().map(|path| load(path)).collect();
    without_test_files(sources)
}

/// The text of a file of the project; `None` if there is none or it is no text.
pub(crate) fn read(path: impl AsRef<Path>) -> Option<String> {
    fs::read_to_string(root().join(path)).ok()
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
    output
        .status
        .success()
        .then(|| paths.split_terminator('\0').map(str::to_owned).collect())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn load(path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("a listed source file can be read");
    let name = path
        .strip_prefix(root())
        .expect("the file lies below the root");
    let folders: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
    Source::new(&folders.join("/"), &text)
}

/// Blanks the code of files that a `#[cfg(test)] mod name;` elsewhere makes test code.
fn without_test_files(mut sources: Vec<Source>) -> Vec<Source> {
    let tests: Vec<_> = sources.iter().flat_map(test_files).collect();
    for source in &mut sources {
        let stem = source.path.strip_suffix(".rs").expect("a Rust file");
        if tests
            .iter()
            .any(|test| stem == test || stem.starts_with(&format!("{test}/")))
        {
            source.code = blank(source.code.as_bytes());
        }
    }
    sources
}

/// The paths, without `.rs`, of the test modules that a file declares.
fn test_files(source: &Source) -> Vec<String> {
    let stem = source.path.strip_suffix(".rs").expect("a Rust file");
    let folder = match stem.rsplit_once('/') {
        Some((folder, "lib" | "mod")) => folder,
        _ => stem,
    };
    let code = without_literals(&source.text);
    let items = test_items(&code).into_iter().map(|item| &code[item]);
    let modules = items.filter_map(|item| item.strip_suffix(';')?.rsplit_once("mod "));
    modules
        .map(|(_, name)| format!("{folder}/{}", name.trim()))
        .collect()
}

fn without_tests(code: &str) -> String {
    let mut bytes = code.as_bytes().to_vec();
    for item in test_items(code) {
        let blanked = blank(&bytes[item.clone()]);
        bytes[item].copy_from_slice(blanked.as_bytes());
    }
    String::from_utf8(bytes).expect("code without literals is ASCII")
}

/// Each item under `#[cfg(test)]` or `#[cfg(all(test, ..))]`, with its attribute.
fn test_items(code: &str) -> Vec<Range<usize>> {
    let mut items: Vec<Range<usize>> = Vec::new();
    for (start, attribute) in code
        .match_indices("#[cfg(")
        .chain(code.match_indices("#![cfg("))
    {
        let close = closing(
            code,
            start + attribute.find('[').expect("it is in the pattern"),
        );
        if only_in_tests(&code[start..close]) {
            let whole_file = attribute.starts_with("#!");
            items.push(
                start..if whole_file {
                    code.len()
                } else {
                    item_end(code, close)
                },
            );
        }
    }
    items
}

fn only_in_tests(condition: &str) -> bool {
    let mut condition = condition.to_owned();
    while let Some(at) = condition.find("not(") {
        let end = closing(&condition, at + "not".len());
        condition.replace_range(at..end, "");
    }
    let says = |wanted| words(&condition).any(|(_, word)| word == wanted);
    says("test") && !says("any")
}

/// Where the item ends that begins at `at`: after its `;`, or after its block.
fn item_end(code: &str, at: usize) -> usize {
    match body(code, at) {
        Some(open) => closing(code, open),
        None => code[at..].find(';').map_or(code.len(), |end| at + end + 1),
    }
}

/// The `{` that opens the block of the item at `at`; `None` if a `;` ends it first.
pub(crate) fn body(code: &str, mut at: usize) -> Option<usize> {
    while at < code.len() {
        match code.as_bytes()[at] {
            b'{' => return Some(at),
            b';' | b'}' => return None,
            b'(' | b'[' => at = closing(code, at),
            _ => at += 1,
        }
    }
    None
}

/// The offset after the bracket that closes the one at `open`.
pub(crate) fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

/// Names, keywords and numbers, each with its offset.
pub(crate) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let all = code.split(|letter: char| !is_of_word(letter));
    let start = code.as_ptr() as usize;
    all.filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - start, word))
}

pub(crate) fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Blanks comments, strings and characters; other bytes beyond ASCII become `_`.
fn without_literals(text: &str) -> String {
    let (mut code, mut at) = (String::with_capacity(text.len()), 0);
    while at < text.len() {
        let end = literal_end(&text.as_bytes()[at..]).map_or(at, |length| at + length);
        if end > at {
            code.push_str(&blank(&text.as_bytes()[at..end]));
            at = end;
        } else {
            let byte = text.as_bytes()[at];
            code.push(if byte.is_ascii() {
                char::from(byte)
            } else {
                '_'
            });
            at += 1;
        }
    }
    code
}

/// The length of the comment or literal at the start of `rest`, if one starts there.
fn literal_end(rest: &[u8]) -> Option<usize> {
    let length = match rest {
        [b'/', b'/', ..] => rest.iter().position(|byte| *byte == b'\n'),
        [b'/', b'*', ..] => block_comment_end(rest),
        [b'"', ..] => quoted_end(rest, b'"'),
        [b'r', b'"' | b'#', ..] => return raw_string_end(rest),
        [b'\'', b'\\', ..] => quoted_end(rest, b'\''),
        [b'\'', first, ..] => {
            // A lifetime has no quote where a character's second one stands.
            let quote = 1 + utf8_length(*first);
            return (rest.get(quote) == Some(&b'\'')).then_some(quote + 1);
        }
        _ => return None,
    };
    Some(length.unwrap_or(rest.len()))
}

fn block_comment_end(rest: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => depth += 1,
            [b'*', b'/', ..] => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn quoted_end(rest: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    while *rest.get(at)? != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    Some(at + 1)
}

/// `None` if this is a name: `r#type` and `for` begin no string.
fn raw_string_end(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    let inside = rest[1..].get(hashes..)?.strip_prefix(b"\"")?;
    let end = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let length = inside.windows(end.len()).position(|window| window == end);
    Some(length.map_or(rest.len(), |length| 2 + hashes + length + end.len()))
}

fn utf8_length(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

fn blank(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| if *byte == b'\n' { '\n' } else { ' ' })
        .collect()
}

#[test]
fn comments_and_literals_are_blanked() {
    for (text, left) in [
        ("a // {\nb", "a\nb"),
        ("a /* { /* } */ */ b", "ab"),
        (r#"f("{\"}", 'x')"#, "f(,)"),
        ("r#\"{\"}\"# b", "b"),
        ("br\"\\\" '{' '\\'' 'é' c", "bc"),
        ("r#type<'a>'b:{}", "r#type<'a>'b:{}"),
        ("\"never closed {", ""),
    ] {
        let code = without_literals(text);

        assert_eq!(code.replace(' ', ""), left, "of `{text}`");
        assert_eq!(code.len(), text.len(), "of `{text}`");
    }
}

#[test]
fn test_items_are_blanked_and_the_rest_stays() {
    for (text, left) in [
        (
            "#[cfg(test)] mod t { fn a() { b(); } } fn c() {}",
            "fn c() {}",
        ),
        ("#[cfg(test)] #[path = \"x\"] mod t; fn c() {}", "fn c() {}"),
        ("#[cfg(all(test, loom))] mod t { x } c", "c"),
        ("#[cfg(test)] fn f(a: [u8; 3]) -> u8 { a } c", "c"),
        ("#[cfg(all(not(loom), test))] mod t { x } c", "c"),
        (
            "#[cfg(not(all(test, unix)))] c;",
            "#[cfg(not(all(test, unix)))] c;",
        ),
        ("#[cfg(not(test))] fn c() {}", "#[cfg(not(test))] fn c() {}"),
        ("#[cfg(any(test, unix))] c;", "#[cfg(any(test, unix))] c;"),
        ("#![cfg(test)]\nfn c() {}", ""),
    ] {
        assert_eq!(Source::new("a.rs", text).code.trim(), left, "of `{text}`");
    }
}

#[test]
fn files_declared_for_tests_are_blanked() {
    let given = vec![
        Source::new("src/future.rs", "#[cfg(test)]\nmod tests;\nmod cell;"),
        Source::new("src/future/tests.rs", "a"),
        Source::new("src/future/tests/more.rs", "b"),
        Source::new("src/future/cell.rs", "c"),
    ];

    let code: Vec<_> = without_test_files(given)
        .into_iter()
        .map(|source| source.code)
        .collect();

    assert_eq!(code[1..], [" ", " ", "c"]);
}

#[test]
fn a_place_is_a_file_and_a_line() {
    let source = Source::new("a.rs", "one\ntwo");

    assert_eq!(source.place(3), "a.rs:1");
    assert_eq!(source.place(4), "a.rs:2");
}
