//! Writing: the `main` that prepares the program and drains it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;

/// The user's `main`, its body inside of ours.
pub(crate) fn main(function: ItemFn) -> TokenStream {
    let ItemFn {
        attrs,
        vis,
        sig,
        block,
        ..
    } = function;
    let output = &sig.output;
    quote! {
        #(#attrs)*
        #vis #sig {
            ::concurrent_futures::private::main(move || #output #block)
        }
    }
}
