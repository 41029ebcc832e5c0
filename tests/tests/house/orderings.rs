//! Which memory orderings no comment explains.
//!
//! One `ORDERING:` comment may serve a whole function, in it or on top of it. Outside of functions
//! (in macros, constants) it stands at most a few lines above.

use std::{collections::BTreeSet, ops::RangeInclusive};

use proc_macro2::{TokenStream, TokenTree};

use crate::{
    sizes::functions,
    source::{Source, is_sign},
};

const ORDERINGS: &[&str] = &["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];
const NEAR: usize = 5;

/// One finding for each function, and for each line outside of functions.
pub(crate) fn unexplained(source: &Source) -> Vec<String> {
    let functions = functions(source);
    let mut found = BTreeSet::new();
    let mut lines = BTreeSet::new();
    note_lines(source.code.clone(), &mut lines);
    for line in lines {
        let around = functions
            .iter()
            .filter(|function| (function.first..=function.last).contains(&line));
        let around: Vec<_> = around.collect();
        let mut places = around
            .iter()
            .map(|function| top(source, function.first)..=function.last);
        let is_near = says_why(source, line.saturating_sub(NEAR)..=line);
        let is_explained = places.any(|place| says_why(source, place));
        if !(is_explained || around.is_empty() && is_near) {
            let inner = around.iter().max_by_key(|function| function.first);
            found.insert(inner.map_or((line, "an ordering"), |inner| (inner.first, &inner.name)));
        }
    }
    let advice = "has no comment `ORDERING:` that says what it pairs with";
    found
        .iter()
        .map(|(line, name)| format!("{}:{line}: `{name}` {advice}", source.path))
        .collect()
}

/// Notes the lines that name an ordering, but for imports.
fn note_lines(tokens: TokenStream, lines: &mut BTreeSet<usize>) {
    let mut is_import = false;
    for token in tokens {
        is_import &= !is_sign(&token, ';');
        match token {
            TokenTree::Group(group) if !is_import => note_lines(group.stream(), lines),
            TokenTree::Ident(word) if word == "use" => is_import = true,
            TokenTree::Ident(word) if !is_import && ORDERINGS.iter().any(|name| word == name) => {
                lines.insert(word.span().start().line);
            }
            _ => {}
        }
    }
}

/// The first line of the comments and attributes above a line.
fn top(source: &Source, line: usize) -> usize {
    let above = source.lines[..line - 1].iter().rev();
    let belongs = |line: &&String| line.trim_start().starts_with(['/', '#']);
    line - above.take_while(belongs).count()
}

fn says_why(source: &Source, lines: RangeInclusive<usize>) -> bool {
    let mut comments = source.comments.iter();
    comments.any(|(line, text)| lines.contains(line) && text.contains("ORDERING:"))
}

#[test]
fn an_ordering_is_explained_in_its_function_or_above_it() {
    let use_it = "fn f() { a.load(Ordering::Relaxed); }";
    for (text, wrong) in [
        (format!("{use_it}\n// ORDERING: too late."), 1),
        (format!("// ORDERING: a count.\n#[inline]\n{use_it}"), 0),
        (format!("// ORDERING: another one.\n\n{use_it}"), 1),
        (
            String::from(
                "fn f() {\n    // ORDERING: a.\n    a.load(SeqCst);\n    b.load(SeqCst);\n}",
            ),
            0,
        ),
        (String::from("use Ordering::{Acquire, Relaxed};"), 0),
        (
            String::from("// ORDERING: a.\nconst A: Ordering = Relaxed;"),
            0,
        ),
        (String::from("const A: Ordering = Relaxed;"), 1),
        (format!("#[cfg(test)] mod tests {{ {use_it} }}"), 0),
    ] {
        let found = unexplained(&Source::new("a.rs", &text));

        assert_eq!(found.len(), wrong, "{found:?} in {text}");
    }
}
