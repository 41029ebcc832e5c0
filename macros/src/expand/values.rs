//! How one parameter looks at each place where its value appears.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Type, ext::IdentExt};

use super::library;
use crate::{signature::Parameter, task::Task};

/// The type of the field that owns it.
pub(super) fn owned(parameter: &Parameter<'_>) -> TokenStream {
    let Some(lent) = parameter.lent() else {
        return parameter.ty.to_token_stream();
    };
    match lent {
        Type::Slice(slice) => {
            let element = &slice.elem;
            quote!(::std::vec::Vec<#element>)
        }
        borrowed if is_unsized(borrowed) => quote!(<#borrowed as ::std::borrow::ToOwned>::Owned),
        borrowed => borrowed.to_token_stream(),
    }
}

/// Whether a type is named like one of those that are only ever borrowed: `str`, `Path`,
/// `OsStr`, and those of other crates that follow them.
///
/// The compiler cannot be asked here, so that an alias of such a type is not known for one.
/// Of a type that has a size nothing is asked then, not even that it can be cloned, for a
/// call can own it as it is.
fn is_unsized(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return matches!(ty, Type::Macro(_));
    };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    let name = last.ident.unraw().to_string();
    name == "str" || name.ends_with("Str") || name.ends_with("Path")
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
    let (library, borrowed) = (library(task), parameter.lent()?);
    let owned = owned(parameter);
    Some(quote!(#library::Argument<#borrowed, #owned>))
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
    match parameter.lent() {
        None => quote!(#field),
        Some(borrowed) => {
            quote!(::core::borrow::Borrow::<#borrowed>::borrow(&#field))
        }
    }
}
