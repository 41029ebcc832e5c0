//! Which public functions of the library have no example that runs.
//!
//! What is public is what `lib.rs`, `prelude.rs` and `remote.rs` hand on with `pub use`, with its
//! inherent methods, and the methods of public traits. Items are found in tokens, and so inside of
//! macros too:
//!
//! ```text
//!   macro_rules! setters { … /// Docs.  $(#[$more])*  pub fn workers(…) … }
//!                                          |
//!            no example of its own: then it stands where the macro is used
//!                                          v
//!   setters! { Builder { /// # Examples …  workers; } }
//! ```
//!
//! `#[doc = texts!(spawn, …)]` counts as the strings in the arm `(spawn, …)` of `texts`.

use std::collections::HashSet;

use proc_macro2::TokenTree;

use crate::{
    docs::{Arms, Attributes, name, note_arms, tokens},
    items::{end_of_item, note_exports, note_hidden_modules, owner, skip_visibility},
    source::{Source, is_block, is_sign},
};

/// The files that say what is public.
const SURFACE: &[&str] = &["lib.rs", "prelude.rs", "remote.rs"];

/// A public function.
pub(crate) struct Function {
    /// `Type::function`, or `function` alone.
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) has_example: bool,
}

/// All public functions of the sources of a crate.
pub(crate) fn public_functions(sources: &[Source]) -> Vec<Function> {
    let mut scan = Scan::default();
    for source in sources {
        let code = tokens(source.code.clone());
        if SURFACE.iter().any(|file| source.path.ends_with(file)) {
            note_exports(&code, &mut scan.exports);
            note_hidden_modules(&code, &mut scan.hidden);
        }
        note_arms(&code, &mut scan.arms);
    }
    for source in sources {
        if scan.is_hidden(&source.path) {
            continue;
        }
        scan.path.clone_from(&source.path);
        scan.walk(&tokens(source.code.clone()), &Place::Module);
    }
    scan.look_where_macros_are_used();
    scan.found
}

#[derive(Default)]
struct Scan {
    exports: HashSet<String>,
    hidden: HashSet<String>,
    arms: Arms,
    path: String,
    found: Vec<Function>,
    /// Functions of macros whose example stands at the use: of which macro, and the name, unless
    /// that is a parameter.
    delegated: HashSet<(String, Option<String>)>,
    uses: Vec<MacroUse>,
}

struct MacroUse {
    name: String,
    body: Vec<TokenTree>,
    path: String,
    inside: Place,
}

/// Where items stand, if a public function can be among them.
#[derive(Clone, PartialEq)]
enum Place {
    Module,
    Type(String),
    Trait(String),
    Macro(String),
}

impl Scan {
    /// Whether a file is a hidden module, or inside one.
    fn is_hidden(&self, path: &str) -> bool {
        let mut steps = path.trim_end_matches(".rs").split('/');
        steps.any(|step| self.hidden.contains(step))
    }

    fn walk(&mut self, code: &[TokenTree], place: &Place) {
        let mut at = 0;
        while at < code.len() {
            let attributes = Attributes::read(code, &mut at, &self.arms);
            let is_public = skip_visibility(code, &mut at);
            let Some(TokenTree::Ident(word)) = code.get(at) else {
                if let Some(TokenTree::Group(group)) = code.get(at)
                    && matches!(place, Place::Macro(_))
                {
                    self.walk(&tokens(group.stream()), place);
                }
                at += 1;
                continue;
            };
            let end = end_of_item(code, at);
            let item = &code[at..end];
            at = match word.to_string().as_str() {
                _ if attributes.is_hidden => end,
                "fn" => {
                    self.function(item, is_public, &attributes, place);
                    end
                }
                "impl" => self.implementation(item, place).map_or(end, |()| end),
                "trait" if is_public && self.exports.contains(&name(item, 1)) => {
                    self.body(item, &Place::Trait(name(item, 1)));
                    end
                }
                "mod" => {
                    self.body(item, &Place::Module);
                    end
                }
                "macro_rules" => {
                    self.body(item, &Place::Macro(name(item, 2)));
                    end
                }
                _ => at + self.other(&code[at..], place),
            };
        }
    }

    /// A macro that is used, or a word; how many tokens it has.
    fn other(&mut self, code: &[TokenTree], place: &Place) -> usize {
        if let [TokenTree::Ident(name), bang, TokenTree::Group(body), ..] = code
            && is_sign(bang, '!')
        {
            self.uses.push(MacroUse {
                name: name.to_string(),
                body: tokens(body.stream()),
                path: self.path.clone(),
                inside: place.clone(),
            });
            return 3;
        }
        1
    }

    fn body(&mut self, item: &[TokenTree], place: &Place) {
        if let Some(TokenTree::Group(body)) = item.last() {
            self.walk(&tokens(body.stream()), place);
        }
    }

    fn implementation(&mut self, item: &[TokenTree], place: &Place) -> Option<()> {
        let is_of_trait = item.windows(2).any(|pair| {
            matches!(&pair[0], TokenTree::Ident(word) if word == "for") && !is_sign(&pair[1], '<')
        });
        let owner = owner(item)?;
        let is_parameter = owner.starts_with('$') && matches!(place, Place::Macro(_));
        if is_parameter && !is_of_trait {
            self.body(item, place);
        } else if self.exports.contains(&owner) && !is_of_trait {
            self.body(item, &Place::Type(owner));
        }
        Some(())
    }

    fn function(
        &mut self,
        item: &[TokenTree],
        is_public: bool,
        attributes: &Attributes,
        place: &Place,
    ) {
        let has_example = attributes.have_example();
        let (function, line) = (name(item, 1), item[0].span().start().line);
        let owner = match place {
            Place::Module if self.exports.contains(&function) => None,
            Place::Module => return,
            Place::Macro(of) if !has_example && (attributes.is_open || function == "$") => {
                let function = Some(function).filter(|function| function != "$");
                self.delegated.insert((of.clone(), function));
                return;
            }
            Place::Type(owner) | Place::Trait(owner) | Place::Macro(owner) => Some(owner),
        };
        if is_public || matches!(place, Place::Trait(_)) {
            let name = owner.map_or(function.clone(), |owner| format!("{owner}::{function}"));
            let place = format!("{}:{line}", self.path);
            self.found.push(Function {
                name,
                place,
                has_example,
            });
        }
    }

    fn look_where_macros_are_used(&mut self) {
        for MacroUse {
            name,
            body,
            path,
            inside,
        } in std::mem::take(&mut self.uses)
        {
            self.path = path;
            self.look_in_use(&name, &body, &inside);
        }
    }

    /// Looks at the items of a macro's use, each of which ends with a semicolon.
    fn look_in_use(&mut self, of: &str, body: &[TokenTree], inside: &Place) {
        for item in body.split(|token| is_sign(token, ';')) {
            let mut at = 0;
            let attributes = Attributes::read(item, &mut at, &self.arms);
            let Some(TokenTree::Ident(word)) = item.get(at) else {
                continue;
            };
            let (function, of_macro) = (word.to_string(), of.to_owned());
            let is_delegated = [Some(function.clone()), None]
                .map(|function| self.delegated.contains(&(of_macro.clone(), function)));
            if is_delegated.contains(&true) {
                let owner = match inside {
                    Place::Type(owner) => owner.as_str(),
                    _ => of,
                };
                let line = word.span().start().line;
                self.found.push(Function {
                    name: format!("{owner}::{function}"),
                    place: format!("{}:{line}", self.path),
                    has_example: attributes.have_example(),
                });
            }
            for token in item {
                if let TokenTree::Group(group) = token
                    && is_block(token)
                {
                    let owner = Place::Type(function.clone());
                    self.look_in_use(of, &tokens(group.stream()), &owner);
                }
            }
        }
    }
}

#[test]
fn public_functions_are_those_that_users_can_name() {
    let files = [
        (
            "src/lib.rs",
            "pub use a::{One, Two as Three, many}; #[doc(hidden)] pub mod private;",
        ),
        (
            "src/a.rs",
            "impl One { pub fn a() {} fn b() {} pub(crate) fn c() {} #[doc(hidden)] pub fn d() {} }
             impl<T: Fn() -> u8> One<T> { pub const fn e() {} }
             impl Clone for One { fn clone() {} }
             impl Hidden { pub fn f() {} }
             pub fn many() {} pub fn other() {} pub trait Three { fn g(); }",
        ),
        ("src/private/b.rs", "pub fn many() {}"),
    ];

    let found = found_in(&files);

    let names: Vec<_> = found
        .iter()
        .map(|function| function.name.as_str())
        .collect();
    assert_eq!(names, ["One::a", "One::e", "many", "Three::g"]);
    assert_eq!(found[1].place, "src/a.rs:2");
}

#[test]
fn an_example_is_code_that_rustdoc_runs() {
    for (docs, has_example) in [
        ("/// Text.", false),
        ("/// ```\n/// f();\n/// ```", true),
        ("/// ```text\n/// f();\n/// ```", false),
        ("/// ```no_run\n/// f();\n/// ```", false),
        (
            "/// ```text\n/// a\n/// ```\n/// ```should_panic\n/// f();\n/// ```",
            true,
        ),
        ("#[doc = texts!(good, \"a\")]", true),
        ("#[doc = texts!(bad)]", false),
        ("#[doc = concat!(\"a\", framed!(\"b\"))]", true),
    ] {
        let texts = "macro_rules! texts { (good, $a:literal) => { concat!(\"a\\n```\\nb\", $a) };
                     (bad) => { \"```text\" }; }
                     macro_rules! framed { ($b:literal) => { texts!(good, $b) }; }";
        let function = format!("{texts} {docs}\npub fn f() {{}}");

        let found = found_in(&[("lib.rs", "pub use a::f;"), ("a.rs", &function)]);

        assert_eq!(found[0].has_example, has_example, "{docs}");
    }
}

#[test]
fn an_example_may_stand_where_a_macro_is_used() {
    let code = "macro_rules! setters { ($(#[$more:meta])* open) => { impl $type {
                    /// A
                    $(#[$more])*
                    pub fn open() {}
                    /// ```
                    pub fn own() {}
                    pub fn bare() {}
                } } }
                macro_rules! questions { ($(#[$doc:meta])* $name:ident) => { $(#[$doc])* pub fn $name() {} } }
                setters! { One { /// ```
                    open; } }
                setters! { Two { open; } }
                impl One { questions! { /// ```
                    is_a; is_b; } }";

    let found = found_in(&[("lib.rs", "pub use a::One;"), ("a.rs", code)]);

    let found: Vec<_> = found
        .iter()
        .map(|function| (&*function.name, function.has_example))
        .collect();
    let in_macro = [("setters::own", true), ("setters::bare", false)];
    let in_uses = [
        ("One::open", true),
        ("Two::open", false),
        ("One::is_a", true),
        ("One::is_b", false),
    ];
    assert_eq!(found, [&in_macro[..], &in_uses].concat());
}

#[cfg(test)]
fn found_in(files: &[(&str, &str)]) -> Vec<Function> {
    let sources: Vec<_> = files
        .iter()
        .map(|(path, text)| Source::new(path, text))
        .collect();
    public_functions(&sources)
}
