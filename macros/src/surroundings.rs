//! Reading: what stands around the function in its file.
//!
//! The compiler hands an attribute one item, and not what that is in. In an `impl`, or beside a
//! module of the task's name, what `#[task]` adds would be refused in several errors about code
//! that the user has not written. So the file is read, as far as that can tell:
//!
//! ```text
//!   impl Pages {                <- `outer`: the braces around, and what opens them
//!       #[task]
//!       fn count(…)             <- found by line and column, and by its name
//!   }
//!   mod count;                  <- `namesakes`, if it stood inside of the same braces
//! ```
//!
//! Where it cannot tell (in an editor, in what another macro wrote), nothing is known, and the
//! compiler's own errors remain.

mod source;

use std::{cell::RefCell, fs, path::PathBuf, rc::Rc};

use proc_macro2::Ident;

use source::Token;

/// What is known of the place of a function.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Surroundings {
    /// `impl` or `trait`, if the function is an item of one.
    pub(crate) outer: Option<&'static str>,
    /// Types and modules beside it: what each is, and its name.
    pub(crate) namesakes: Vec<(&'static str, String)>,
}

const OUTER: &[&str] = &["impl", "trait"];
const NAMED: &[(&str, &str)] = &[
    ("mod", "module"),
    ("struct", "struct"),
    ("enum", "enum"),
    ("union", "union"),
    ("trait", "trait"),
    ("type", "type"),
];

thread_local! {
    /// The file that was read last, for the other tasks in it.
    static LAST: RefCell<Option<(PathBuf, Rc<[Token]>)>> = const { RefCell::new(None) };
}

/// Reads what stands around the function of this name.
pub(crate) fn of(function: &Ident) -> Surroundings {
    let span = function.span().unwrap();
    let place = (span.line(), span.column());
    let tokens = span.local_file().and_then(tokens_of);
    tokens
        .and_then(|tokens| around(&tokens, &function.to_string(), place))
        .unwrap_or_default()
}

fn tokens_of(file: PathBuf) -> Option<Rc<[Token]>> {
    LAST.with_borrow_mut(|last| {
        if let Some((path, tokens)) = last
            && *path == file
        {
            return Some(tokens.clone());
        }
        let tokens: Rc<[Token]> = source::tokens(&fs::read_to_string(&file).ok()?).into();
        *last = Some((file, tokens.clone()));
        Some(tokens)
    })
}

/// What stands around the token `name` at this line and column; `None` if that cannot be told.
fn around(tokens: &[Token], name: &str, place: (usize, usize)) -> Option<Surroundings> {
    let is_it = |token: &Token| token.place == place && token.text == name;
    let at = tokens.iter().position(is_it)?;
    let groups = groups_around(tokens, at);
    if groups.iter().any(|&open| is_macro_call(tokens, open)) {
        return None;
    }
    let Some(&open) = groups.last() else {
        return Some(Surroundings {
            outer: None,
            namesakes: namesakes(tokens),
        });
    };
    if tokens[open].text != "{" {
        return None;
    }
    let opened_by = first_word(&tokens[item_start(tokens, open)..open]);
    Some(Surroundings {
        outer: OUTER.iter().copied().find(|outer| opened_by == Some(outer)),
        namesakes: namesakes(&tokens[open + 1..]),
    })
}

/// The brackets that are open at a token, the outermost first.
fn groups_around(tokens: &[Token], at: usize) -> Vec<usize> {
    let mut groups = Vec::new();
    for (position, token) in tokens[..at].iter().enumerate() {
        if token.opens() {
            groups.push(position);
        } else if token.closes() {
            groups.pop();
        }
    }
    groups
}

/// Whether a bracket is that of `name! { … }` or `macro_rules! name { … }`.
fn is_macro_call(tokens: &[Token], open: usize) -> bool {
    tokens[..open]
        .iter()
        .rev()
        .take(2)
        .any(|token| token.text == "!")
}

/// Where the item begins that a token is part of.
fn item_start(tokens: &[Token], at: usize) -> usize {
    let ends = |token: &Token| matches!(&*token.text, ";" | "{" | "}");
    tokens[..at].iter().rposition(ends).map_or(0, |end| end + 1)
}

/// The first keyword of an item, after its attributes and its visibility.
fn first_word(item: &[Token]) -> Option<&str> {
    let mut depth = 0;
    for token in item {
        if token.opens() {
            depth += 1;
        } else if token.closes() {
            depth -= 1;
        } else if depth == 0 && !matches!(&*token.text, "#" | "pub" | "unsafe" | "default") {
            return Some(&token.text);
        }
    }
    None
}

/// The types and modules among the items at the start of `tokens`, up to the end of their group.
///
/// Not those under a `cfg`, which may not be there.
fn namesakes(tokens: &[Token]) -> Vec<(&'static str, String)> {
    let (mut found, mut depth) = (Vec::new(), 0_usize);
    for (position, token) in tokens.iter().enumerate() {
        if token.opens() {
            depth += 1;
        } else if token.closes() {
            let Some(less) = depth.checked_sub(1) else {
                break;
            };
            depth = less;
        } else if depth == 0
            && let Some((keyword, kind)) = NAMED.iter().find(|(keyword, _)| token.text == *keyword)
            && let Some(name) = tokens.get(position + 1)
        {
            let item = &tokens[item_start(tokens, position)..=position];
            let is_conditional = item.iter().any(|token| token.text.starts_with("cfg"));
            if first_word(item) == Some(keyword) && !is_conditional {
                found.push((*kind, name.text.clone()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands around the only `here` of a file.
    fn around_here(text: &str) -> Option<Surroundings> {
        let tokens = source::tokens(text);
        let here: Vec<_> = tokens.iter().filter(|token| token.text == "here").collect();
        assert_eq!(here.len(), 1);
        around(&tokens, "here", here[0].place)
    }

    fn outer(text: &str) -> Option<&'static str> {
        around_here(text).and_then(|around| around.outer)
    }

    #[test]
    fn an_item_of_an_impl_or_a_trait_is_known() {
        assert_eq!(
            outer("impl A { fn a() {} #[task] fn here() {} }"),
            Some("impl")
        );
        assert_eq!(
            outer("struct S; unsafe impl<T> X for S<T> { fn here"),
            Some("impl")
        );
        assert_eq!(outer("#[cfg(a)] impl A { fn here"), Some("impl"));
        assert_eq!(outer("pub(crate) trait A: B { fn here"), Some("trait"));
        assert_eq!(
            outer("mod m { impl A { /* } */ const C: &str = \"}\"; fn here"),
            Some("impl")
        );
    }

    #[test]
    fn other_places_are_none_of_these() {
        for text in [
            "fn here",
            "mod m { fn here",
            "impl A { fn a() { fn here",
            "impl A {} fn here",
            "fn a(x: impl B) { fn here",
            "fn a() where u8: Into<u32> { if true { fn here",
            "const _: () = { fn here",
        ] {
            assert_eq!(
                around_here(text).map(|around| around.outer),
                Some(None),
                "{text}"
            );
        }
    }

    #[test]
    fn what_another_macro_is_given_is_not_known() {
        assert_eq!(around_here("items! { impl A { fn here() {} } }"), None);
        assert_eq!(
            around_here("macro_rules! m { () => { impl A { fn here"),
            None
        );
        assert_eq!(around_here("task_of!(here)"), None);
    }

    #[test]
    fn another_place_than_that_of_the_name_is_not_known() {
        let tokens = source::tokens("fn here() {}");

        assert_eq!(around(&tokens, "here", (1, 5)), None);
        assert_eq!(around(&tokens, "there", (1, 4)), None);
    }

    #[test]
    fn types_and_modules_beside_it_are_known() {
        let text = "pub(super) mod a { struct inner; } fn f() { struct body; } fn here() {} \
                    #[derive(A)] struct b { mod_: u8 } pub enum c {} type d = u8; trait e {}";

        let kinds = [
            ("module", "a"),
            ("struct", "b"),
            ("enum", "c"),
            ("type", "d"),
            ("trait", "e"),
        ];
        let kinds = kinds.map(|(kind, name)| (kind, name.to_owned()));
        assert_eq!(around_here(text).unwrap().namesakes, kinds);
    }

    #[test]
    fn what_may_not_be_there_or_is_elsewhere_is_no_namesake() {
        let text = "struct outside; mod m { #[cfg(test)] mod a; #[cfg_attr(x, y)] struct b; \
                    fn here() {} } struct after;";

        assert_eq!(around_here(text).unwrap().namesakes, []);
    }
}
