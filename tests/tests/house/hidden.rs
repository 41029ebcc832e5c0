//! Hidden lines of examples: rustdoc compiles them and shows none of them.
//!
//! A reader copies what is shown, into a function that returns a boxed error, and it has to
//! compile there. So a hidden line is the last one of an example that uses `?`, such as
//! `# Ok::<(), TaskError>(())`, and no other.

/// The hidden lines of a file's examples that a reader may need.
pub(crate) fn in_examples(path: &str, lines: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    // The lines of the block of code that is open, if they are Rust.
    let mut block: Option<(bool, Vec<(usize, &str)>)> = None;
    for (line, number) in lines.iter().zip(1..) {
        let Some(text) = documentation(path, line) else {
            block = None;
            continue;
        };
        block = match (text.trim_start().strip_prefix("```"), block) {
            (Some(info), None) => Some((is_rust(info), Vec::new())),
            (Some(_), Some((is_rust, lines))) => {
                found.extend(needed(path, &lines).filter(|_| is_rust));
                None
            }
            (None, Some((is_rust, mut lines))) => {
                lines.push((number, text));
                Some((is_rust, lines))
            }
            (None, None) => None,
        };
    }
    found
}

/// What a line says of the documentation, if it is a part of that.
fn documentation<'a>(path: &str, line: &'a str) -> Option<&'a str> {
    if path.ends_with(".md") {
        return Some(line);
    }
    let line = line.trim_start();
    let comment = ["///", "//!", "#[doc = \"", "#[doc = concat!(\""]
        .iter()
        .find_map(|start| line.strip_prefix(start))?;
    Some(comment.strip_prefix(' ').unwrap_or(comment))
}

fn is_rust(info: &str) -> bool {
    let words = [
        "",
        "rust",
        "no_run",
        "should_panic",
        "compile_fail",
        "ignore",
    ];
    words.contains(&info.split(',').next().unwrap_or_default().trim())
}

fn needed(path: &str, lines: &[(usize, &str)]) -> impl Iterator<Item = String> {
    let last = lines.last().map(|(number, _)| *number);
    let is_hidden = |text: &str| text.trim_start() == "#" || text.trim_start().starts_with("# ");
    let ends_it = |text: &str| text.starts_with("# Ok::<(), ") && text.ends_with(">(())");
    lines
        .iter()
        .filter(move |(number, text)| is_hidden(text) && !(ends_it(text) && Some(*number) == last))
        .map(move |(number, text)| format!("{path}:{number}: `{text}` is hidden; show it"))
}

#[test]
fn a_hidden_line_is_found_but_for_the_end_of_a_question_mark() {
    let given = "/// ```\n/// # let a = 1;\n/// f(a)?;\n/// # Ok::<(), E>(())\n/// ```\n\
                 /// # Errors\n//! ```text\n//! # fine\n//! ```\nfn f() {}\n\
                 /// ```no_run\n/// # Ok::<(), E>(())\n/// a;\n/// #\n/// ```";
    let lines: Vec<_> = given.lines().map(str::to_owned).collect();

    let found = in_examples("a.rs", &lines);

    let places: Vec<_> = found
        .iter()
        .filter_map(|found| found.split(':').nth(1))
        .collect();
    assert_eq!(places, ["2", "12", "14"], "{found:?}");
}

#[test]
fn a_hidden_line_is_found_in_markdown_and_in_attributes() {
    let page = [
        "# Title",
        "```rust",
        "# let a = 1;",
        "```",
        "```sh",
        "# run",
        "```",
    ];
    let code = ["/// ```", "#[doc = \"# let a = 1;\"]", "/// ```"];
    let owned = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| (*line).to_owned())
            .collect::<Vec<_>>()
    };

    let found = [
        in_examples("a.md", &owned(&page)),
        in_examples("a.rs", &owned(&code)),
    ];

    assert_eq!(found.map(|found| found.len()), [1, 1]);
}
