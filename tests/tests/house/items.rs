//! Where items begin and end, whose they are, and which are handed on.

use std::collections::HashSet;

use proc_macro2::{Delimiter, TokenTree};

use crate::{
    docs::{name, tokens},
    source::{is_block, is_sign},
};

/// Skips `pub` and what may stand between it and `fn`. Whether the item is public.
pub(crate) fn skip_visibility(tokens: &[TokenTree], at: &mut usize) -> bool {
    let mut is_public = false;
    while let Some(TokenTree::Ident(word)) = tokens.get(*at) {
        match word.to_string().as_str() {
            "pub" => {
                let is_limited = matches!(tokens.get(*at + 1), Some(TokenTree::Group(group))
                    if group.delimiter() == Delimiter::Parenthesis);
                is_public = !is_limited;
                *at += 1 + usize::from(is_limited);
            }
            "const" | "unsafe" | "async" => *at += 1,
            _ => break,
        }
    }
    is_public
}

/// Notes the names that `pub use` hands on.
pub(crate) fn note_exports(code: &[TokenTree], exports: &mut HashSet<String>) {
    for at in 0..code.len().saturating_sub(1) {
        if let [
            TokenTree::Ident(visibility),
            TokenTree::Ident(keyword),
            rest @ ..,
        ] = &code[at..]
            && visibility == "pub"
            && keyword == "use"
        {
            let path = rest.split(|token| is_sign(token, ';')).next();
            note_leaves(path.unwrap_or_default(), exports);
        }
    }
}

/// Notes the modules in files of their own that the docs do not show.
pub(crate) fn note_hidden_modules(code: &[TokenTree], hidden: &mut HashSet<String>) {
    for item in code.split(|token| is_sign(token, ';')) {
        if let [
            ..,
            TokenTree::Group(attribute),
            TokenTree::Ident(_),
            TokenTree::Ident(keyword),
            TokenTree::Ident(module),
        ] = item
            && keyword == "mod"
            && attribute.to_string() == "[doc (hidden)]"
        {
            hidden.insert(module.to_string());
        }
    }
}

fn note_leaves(path: &[TokenTree], exports: &mut HashSet<String>) {
    for (at, token) in path.iter().enumerate() {
        match token {
            TokenTree::Group(group) => note_leaves(&tokens(group.stream()), exports),
            TokenTree::Ident(name) if !path.get(at + 1).is_some_and(|next| is_sign(next, ':')) => {
                exports.insert(name.to_string());
            }
            _ => {}
        }
    }
}

/// The type of an `impl`: the last word of its path.
pub(crate) fn owner(item: &[TokenTree]) -> Option<String> {
    let (mut depth, mut owner) = (0, None);
    for (at, token) in item.iter().enumerate().skip(1) {
        match token {
            TokenTree::Punct(sign) if sign.as_char() == '<' => {
                if owner.is_some() {
                    break;
                }
                depth += 1;
            }
            TokenTree::Punct(sign) if sign.as_char() == '>' => {
                depth -= i32::from(!is_sign(&item[at - 1], '-'));
            }
            TokenTree::Punct(sign) if sign.as_char() == '$' && depth == 0 => {
                return Some(format!("${}", name(item, at + 1)));
            }
            TokenTree::Ident(word) if depth == 0 => {
                if word == "for" || word == "where" {
                    break;
                }
                owner = Some(word.to_string());
            }
            TokenTree::Group(_) if is_block(token) => break,
            _ => {}
        }
    }
    owner
}

/// Where an item ends: behind its block or semicolon.
pub(crate) fn end_of_item(tokens: &[TokenTree], at: usize) -> usize {
    let is_last = |token: &TokenTree| is_sign(token, ';') || is_block(token);
    let end = tokens[at..].iter().position(is_last);
    end.map_or(tokens.len(), |end| at + end + 1)
}
