//! How one parameter looks at each place where its value appears.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::library;
use crate::{signature::Parameter, task::Task};

/// The type of the field that owns it.
pub(super) fn owned(parameter: &Parameter<'_>) -> TokenStream {
    match parameter.borrowed() {
        None => parameter.ty.to_token_stream(),
        Some(reference) => {
            let borrowed = &reference.elem;
            quote!(<#borrowed as ::std::borrow::ToOwned>::Owned)
        }
    }
}

/// What a helper takes for it: the type, or anything that becomes what a borrow needs.
pub(super) fn argument(task: &Task<'_>, parameter: &Parameter<'_>) -> TokenStream {
    bound(task, parameter).map_or_else(
        || parameter.ty.to_token_stream(),
        |bound| quote!(impl #bound),
    )
}

/// The bound on what a helper takes for it, if it does not name the type.
pub(super) fn bound(task: &Task<'_>, parameter: &Parameter<'_>) -> Option<TokenStream> {
    let (library, borrowed) = (library(task), &parameter.borrowed()?.elem);
    Some(quote!(#library::Argument<#borrowed>))
}

/// The field, made of what a helper took.
pub(super) fn field(task: &Task<'_>, parameter: &Parameter<'_>) -> TokenStream {
    let (library, field) = (library(task), &parameter.field);
    match parameter.borrowed() {
        None => quote!(#field),
        Some(_) => quote!(#field: #library::Argument::own(#field)),
    }
}

/// What the function is given, of a field that was taken out of the call.
pub(super) fn given(parameter: &Parameter<'_>) -> TokenStream {
    let field = &parameter.field;
    match parameter.borrowed() {
        None => quote!(#field),
        Some(reference) => {
            let borrowed = &reference.elem;
            quote!(::core::borrow::Borrow::<#borrowed>::borrow(&#field))
        }
    }
}
