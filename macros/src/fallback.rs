//! Writing, when something was refused: the user's function, the mistakes, and a type in
//! the task's place.
//!
//! Whoever calls the function, or submits the task, then hears of the mistakes alone.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use crate::{check, expand, task::Task};

/// A task whose signature was refused.
pub(crate) fn task(task: &Task<'_>, mistakes: &syn::Error) -> TokenStream {
    let function = task.function;
    // Where there is a `self` no type may stand beside the function.
    let is_free = task.signature.receiver.is_none();
    let stand_in = is_free.then(|| stand_in(task));
    let mistakes = mistakes.to_compile_error();
    quote! {
        #mistakes
        #function
        #stand_in
    }
}

/// A task of which only options were refused.
pub(crate) fn options(task: &Task<'_>, mistakes: &syn::Error) -> TokenStream {
    let (task, mistakes) = (expand::task(task), mistakes.to_compile_error());
    quote! {
        #mistakes
        #task
    }
}

/// Any item, as it was.
pub(crate) fn item(item: impl Into<TokenStream>, mistakes: &syn::Error) -> TokenStream {
    let (item, mistakes) = (item.into(), mistakes.to_compile_error());
    quote! {
        #mistakes
        #item
    }
}

/// A type with helpers that take anything.
fn stand_in(task: &Task<'_>) -> TokenStream {
    let (vis, name, library) = (&task.function.vis, task.name(), expand::library(task));
    let output = task.signature.output.filter(|ty| check::is_output(ty));
    let output = output.map_or_else(|| quote!(()), ToTokens::to_token_stream);
    let count = task.signature.parameters.len();
    let places: Vec<_> = (0..count)
        .map(|place| format_ident!("arg{place}"))
        .collect();
    quote! {
        #[allow(non_camel_case_types, dead_code)]
        #vis struct #name {}

        #[allow(dead_code, unused_variables, clippy::too_many_arguments)]
        impl #name {
            #vis fn submit(
                executor: impl Sized,
                #(#places: impl Sized),*
            ) -> #library::Future<#output> {
                ::core::unreachable!()
            }

            #vis fn map(
                executor: impl Sized,
                #(#places: impl Sized),*
            ) -> #library::Map<'static, #output> {
                ::core::unreachable!()
            }
        }
    }
}
