//! The texts: how long the front page is, where links lead, and that Python's programs run. The
//! Rust programs in them are doc tests, see `tests/src/documents.rs`.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const FRONT_PAGE_WORDS: usize = 900;

#[test]
fn the_front_page_is_short() {
    let text = fs::read_to_string(root().join("README.md")).expect("the readme");

    let words: usize = prose(&text)
        .map(|line| line.split_whitespace().count())
        .sum();

    assert!(
        words <= FRONT_PAGE_WORDS,
        "README.md has {words} words of prose; at most {FRONT_PAGE_WORDS}, move what is less important"
    );
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    assert!(pages.contains(&root().join("README.md")), "{pages:?}");

    let broken: Vec<_> = pages.iter().flat_map(|page| broken_links(page)).collect();

    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_link_is_checked_by_its_file_and_its_heading() {
    let folder = root().join("docs");
    let found = |target| leads_somewhere(&folder.join("messages.md"), target);

    assert!(found("contract.md") && found("../README.md#run-it-test-it-depend-on-it"));
    assert!(found("https://doc.rust-lang.org") && found("#returning-a-borrow"));
    assert!(!found("no-such-page.md") && !found("../README.md#no-such-heading"));
}

/// A program whose modules are not installed is skipped, and named past libtest's capture.
#[test]
fn programs_in_python_run() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for page in ["COMPARE.md", "docs/from-python.md"] {
        let text = fs::read_to_string(root().join(page)).expect("a page");
        let programs = python_blocks(&text);
        assert!(!programs.is_empty(), "{page}");
        for (number, program) in (1..).zip(programs) {
            if let Some(module) = modules(program).find(|module| !is_installed(module)) {
                let skipped =
                    format!("SKIPPED: block {number} of {page}; python3 has no `{module}`");
                writeln!(io::stderr(), "{skipped}").expect("standard error");
                continue;
            }
            let file = folder.join(format!("block_{number}.py"));
            fs::write(&file, program).expect("a temporary file");
            let ended = python(&[file.to_str().expect("UTF-8")]).expect("it ran before");
            let said = String::from_utf8_lossy(&ended.stderr);
            assert!(ended.status.success(), "block {number} of {page}:\n{said}");
        }
    }
}

#[test]
fn python_is_found_with_its_modules() {
    let text = "a\n```python\nfrom x.y import z\nimport w\n```\n```rust\nuse v;\n```\n";

    let blocks = python_blocks(text);

    assert_eq!(blocks, ["from x.y import z\nimport w\n"]);
    assert_eq!(modules(blocks[0]).collect::<Vec<_>>(), ["x.y", "w"]);
}

fn python_blocks(text: &str) -> Vec<&str> {
    let after = text.split("```python\n").skip(1);
    after
        .filter_map(|rest| Some(rest.split_once("```")?.0))
        .collect()
}

fn modules(program: &str) -> impl Iterator<Item = &str> {
    program.lines().filter_map(|line| {
        let named = line
            .strip_prefix("from ")
            .or_else(|| line.strip_prefix("import "));
        named?.split_whitespace().next()
    })
}

fn is_installed(module: &str) -> bool {
    python(&["-c", &format!("import {module}")]).is_some_and(|ended| ended.status.success())
}

/// What a run of Python ended with; none where there is no Python.
fn python(arguments: &[&str]) -> Option<Output> {
    Command::new("python3").args(arguments).output().ok()
}

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the workspace").to_owned()
}

/// The Markdown files that are committed.
fn pages() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "*.md"])
        .current_dir(root())
        .output()
        .expect("git");
    let names = String::from_utf8(listed.stdout).expect("names in UTF-8");
    let pages = names.lines().map(|name| root().join(name));
    pages
        .filter(|page| page.is_file() && !page.is_symlink())
        .collect()
}

/// The lines that are no code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

fn broken_links(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).expect("a page");
    let targets = prose(&text).flat_map(targets);
    let broken = targets.filter(|target| !leads_somewhere(page, target));
    broken
        .map(|target| format!("{}: `{target}` leads nowhere", page.display()))
        .collect()
}

/// What follows `](` up to the closing bracket.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let ends = line.split("](").skip(1);
    ends.filter_map(|end| Some(end.split_once(')')?.0))
}

/// Pages of the web are taken on trust; no test needs a network.
fn leads_somewhere(page: &Path, target: &str) -> bool {
    if target.starts_with("https://") {
        return true;
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let file = match file {
        "" => page.to_owned(),
        file => page.with_file_name("").join(file),
    };
    file.exists() && (heading.is_empty() || headings(&file).contains(heading))
}

/// The anchors of a page, as GitHub makes them.
fn headings(page: &Path) -> HashSet<String> {
    let text = fs::read_to_string(page).unwrap_or_default();
    let titles = prose(&text).filter(|line| line.starts_with('#'));
    titles
        .map(|title| anchor(title.trim_start_matches('#').trim()))
        .collect()
}

fn anchor(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().replace(' ', "-")
}
