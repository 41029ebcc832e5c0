//! What stands before an item: its docs, and whether there is an example among them.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::Lit;

use crate::source::is_sign;

/// What the arms of macros write, by the macro and the first word of the arm; `$` if it has none.
pub(crate) type Arms = HashMap<(String, String), TokenStream>;

/// What stands before an item.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) text: String,
    pub(crate) is_hidden: bool,
    /// Whether a macro is given more of them: `$(#[$more])*`.
    pub(crate) is_open: bool,
}

impl Attributes {
    /// Reads the attributes at `at`, and moves it behind them.
    pub(crate) fn read(tokens: &[TokenTree], at: &mut usize, arms: &Arms) -> Attributes {
        let mut attributes = Attributes::default();
        loop {
            match &tokens[*at..] {
                [sign, TokenTree::Group(group), ..] if is_sign(sign, '#') => {
                    attributes.add(group.stream(), arms);
                    *at += 2;
                }
                [sign, TokenTree::Group(group), star, ..]
                    if is_sign(sign, '$') && is_sign(star, '*') && is_attribute(group.stream()) =>
                {
                    attributes.is_open = true;
                    *at += 3;
                }
                _ => return attributes,
            }
        }
    }

    fn add(&mut self, attribute: TokenStream, arms: &Arms) {
        match tokens(attribute.clone()).as_slice() {
            [TokenTree::Ident(doc), sign, text @ ..] if doc == "doc" && is_sign(sign, '=') => {
                self.text += &strings(text, arms);
            }
            [TokenTree::Ident(doc), TokenTree::Group(_)] if doc == "doc" => {
                self.is_hidden |= attribute.to_string().contains("hidden");
            }
            _ => {}
        }
        self.text.push('\n');
    }

    /// Whether the docs hold code that rustdoc runs.
    pub(crate) fn have_example(&self) -> bool {
        let mut is_inside = false;
        self.text.lines().any(|line| {
            let Some(language) = line.trim().strip_prefix("```") else {
                return false;
            };
            is_inside = !is_inside;
            is_inside && matches!(language, "" | "rust" | "should_panic")
        })
    }
}

fn is_attribute(code: TokenStream) -> bool {
    code.into_iter()
        .next()
        .is_some_and(|first| is_sign(&first, '#'))
}

/// Notes the strings in the arms of macros that begin with a word.
pub(crate) fn note_arms(code: &[TokenTree], arms: &mut Arms) {
    for at in 0..code.len() {
        let [
            TokenTree::Ident(keyword),
            _,
            TokenTree::Ident(of),
            TokenTree::Group(body),
            ..,
        ] = &code[at..]
        else {
            continue;
        };
        if keyword == "macro_rules" {
            for arm in tokens(body.stream()).split(|token| is_sign(token, ';')) {
                if let [TokenTree::Group(matcher), .., TokenTree::Group(text)] = arm {
                    let key = (of.to_string(), name(&tokens(matcher.stream()), 0));
                    arms.insert(key, text.stream());
                }
            }
        }
    }
}

/// The strings among the tokens, in their order, with those of the macros that they use.
fn strings(code: &[TokenTree], arms: &Arms) -> String {
    let (mut text, mut at) = (String::new(), 0);
    while at < code.len() {
        match &code[at..] {
            [
                TokenTree::Ident(used),
                bang,
                TokenTree::Group(arguments),
                ..,
            ] if is_sign(bang, '!') && used != "concat" => {
                let word = name(&tokens(arguments.stream()), 0);
                let arm = [word, "$".to_owned()].map(|word| arms.get(&(used.to_string(), word)));
                let arm = arm.into_iter().flatten().next();
                text += &arm.map_or_else(String::new, |arm| strings(&tokens(arm.clone()), arms));
                at += 2;
            }
            [TokenTree::Group(group), ..] => text += &strings(&tokens(group.stream()), arms),
            [TokenTree::Literal(literal), ..] => {
                if let Lit::Str(literal) = Lit::new(literal.clone()) {
                    text += &literal.value();
                }
            }
            _ => {}
        }
        at += 1;
    }
    text
}

pub(crate) fn name(tokens: &[TokenTree], at: usize) -> String {
    tokens.get(at).map(TokenTree::to_string).unwrap_or_default()
}

pub(crate) fn tokens(code: TokenStream) -> Vec<TokenTree> {
    code.into_iter().collect()
}
