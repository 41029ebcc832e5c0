//! Writing: the `main` that prepares the program and drains it.

use crate::function::Function;
use proc_macro2::TokenStream;
use quote::quote;

/// The user's `main`, its body inside of ours.
pub(crate) fn main(function: Function) -> TokenStream {
    let Function {
        attrs,
        vis,
        sig,
        body,
    } = function;
    let output = &sig.output;
    quote! {
        #(#attrs)*
        #vis #sig {
            ::concurrent_futures::private::main(move || #output #body)
        }
    }
}
