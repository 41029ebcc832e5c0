//! What is added to the docs of the function.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Expr, ExprLit, Lit, Visibility, parse_quote};

use super::fields;
use crate::{signature, task::Task};

/// The function as it was, with a section on its use as a task.
pub(crate) fn documented(task: &Task<'_>) -> TokenStream {
    let mut function = task.function.clone();
    let is_documented = function
        .attrs
        .iter()
        .any(|attr| attr.path().is_ident("doc"));
    // Docs of ours would hide from `missing_docs` that there are none of the user's.
    if is_documented || !matches!(function.vis, Visibility::Public(_)) {
        let section = section(task);
        let attr: Attribute = parse_quote!(#[doc = #section]);
        function.attrs.push(attr);
    }
    function.to_token_stream()
}

/// The first paragraph of the function's docs, for the task's type.
///
/// No more, so that no example in them is tested twice.
pub(super) fn summary<'a>(task: &Task<'a>) -> Vec<&'a Attribute> {
    let docs = task
        .function
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("doc"));
    docs.take_while(|attr| {
        text(attr).is_some_and(|text| !text.trim().is_empty() && !text.contains("```"))
    })
    .collect()
}

/// The text of a line of docs, if it is written there.
fn text(attr: &Attribute) -> Option<String> {
    match &attr.meta.require_name_value().ok()?.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

fn section(task: &Task<'_>) -> String {
    let (name, fields) = (task.name(), fields(task));
    let fields: Vec<_> = fields.iter().map(ToString::to_string).collect();
    let arguments: String = fields.iter().map(|field| format!(", {field}")).collect();
    let output = task.signature.output;
    let result = output.map_or_else(|| "()".to_owned(), signature::text);
    let submit =
        format!("- `{name}::submit(&executor{arguments})` returns a `Future<{result}>`.\n");
    let section = format!("\n\n# As a task\n\n{submit}");
    if fields.is_empty() {
        return section
            + &format!("- `{name} {{}}` is a call as a value, for `executor.submit`.\n");
    }
    let fields = fields.join(", ");
    let map = format!(
        "- `{name}::map(&executor{arguments})` takes an iterator for each argument, and yields the \
         results in order.\n"
    );
    let literal =
        format!("- `{name} {{ {fields} }}` is a call as a value, for `executor.submit`.\n");
    section + &map + &literal
}
