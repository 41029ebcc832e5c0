//! Writing: the `main` that prepares the program and drains it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::{expand, function::MaybeItemFn};

/// The user's `main`; the library calls its body.
pub(crate) fn main(function: MaybeItemFn, krate: Option<&Path>) -> TokenStream {
    let library = expand::path_or_default(krate);
    let MaybeItemFn {
        attrs,
        vis,
        sig,
        body,
    } = function;
    let output = &sig.output;
    quote! {
        #(#attrs)*
        #vis #sig {
            #library::private::main(move || #output #body)
        }
    }
}
