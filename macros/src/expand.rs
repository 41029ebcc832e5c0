//! Writing: the code that `#[task]` adds. It cannot fail.
//!
//! ```text
//!   fn name(…)               as it was, its docs longer
//!   const _: () = { … }      the registry entry, impl Remote
//!   impl Task for name
//!   impl name { … }          new, submit, map and variants
//!   impl Debug, impl Clone   where all arguments are
//!   struct name { … }        last, so that an editor finds the function first
//! ```
//!
//! Names of our own bear the span of the macro (`mixed_site`), so that a
//! parameter named like one of them stays another name.

mod call;
mod docs;
mod helpers;
mod implementation;
mod remote;
mod spans;
mod starmap;
mod values;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Ident, Meta, Path, Token, parse::Parser, punctuated::Punctuated};

use crate::{
    function::{MaybeItemFn, is_task},
    task::Task,
};

pub(crate) use call::call;
pub(crate) use docs::documented;

/// The user's function, and what makes it a task.
pub(crate) fn task(task: &Task<'_>) -> TokenStream {
    let function = documented(task);
    let conditions = conditions(&task.function.attrs, &["cfg"]);
    let items = [
        remote::registered(task),
        implementation::implementation(task),
        helpers::helpers(task, &starmap::helpers(task)),
        call::derived(task),
        call(task),
    ];
    quote! {
        #function
        #(#conditions #items)*
    }
}

/// The attributes among `attrs` that go to everything that is written, if they have one
/// of these `names`; those behind a `cfg_attr` too.
fn conditions(attrs: &[Attribute], names: &[&str]) -> TokenStream {
    let is_one = |meta: &Meta| names.iter().any(|name| meta.path().is_ident(name));
    let mut conditions = TokenStream::new();
    for attr in attrs {
        if is_one(&attr.meta) {
            attr.to_tokens(&mut conditions);
        } else if attr.path().is_ident("cfg_attr")
            && let Meta::List(list) = &attr.meta
            && let Ok(metas) =
                Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone())
        {
            let mut metas = metas.iter();
            let condition = metas.next();
            metas
                .filter(|meta| is_one(meta))
                .for_each(|meta| conditions.extend(quote!(#[cfg_attr(#condition, #meta)])));
        }
    }
    conditions
}

/// A name that no name of the user's is confused with.
fn ours(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The function without `#[task]`, so that no second expansion makes it a task.
pub(crate) fn without_task(function: &MaybeItemFn) -> MaybeItemFn {
    let mut function = function.clone();
    function.attrs.retain(|attr| !is_task(attr));
    function
}

/// The path of the library.
pub(crate) fn library(task: &Task<'_>) -> TokenStream {
    path_or_default(task.options.krate.as_ref())
}

/// The path that `crate = path` gives, or where the library is by default.
pub(crate) fn path_or_default(krate: Option<&Path>) -> TokenStream {
    krate.map_or_else(|| quote!(::concurrent_futures), ToTokens::to_token_stream)
}

/// What the function returns.
fn output(task: &Task<'_>) -> TokenStream {
    match task.signature.output {
        Some(ty) => ty.to_token_stream(),
        None => quote!(()),
    }
}

/// The fields of a call, by name.
fn fields<'a>(task: &'a Task<'_>) -> Vec<&'a Ident> {
    let parameters = task.signature.parameters.iter();
    parameters.map(|parameter| &parameter.field).collect()
}
