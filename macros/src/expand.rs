//! Writing: the code that an attribute adds. It cannot fail.
//!
//! Names of our own bear the span of the macro (`mixed_site`), so that a
//! parameter named like one of them stays another name.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, ItemFn};

use crate::signature::Signature;

/// The user's function, and what makes it a task.
pub(crate) fn task(function: &ItemFn, signature: &Signature<'_>) -> TokenStream {
    // Where the function is left out, so is all that stands beside it.
    let cfgs: Vec<_> = function
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("cfg"))
        .collect();
    let call = call(function, signature);
    let implementation = implementation(signature);
    let helpers = helpers(function, signature);
    quote! {
        #function
        #(#cfgs)*
        #call
        #(#cfgs)*
        #implementation
        #(#cfgs)*
        #helpers
    }
}

/// The user's function alone, and what is wrong with it.
pub(crate) fn refused(function: &ItemFn, mistakes: &syn::Error) -> TokenStream {
    let mistakes = mistakes.to_compile_error();
    quote! {
        #mistakes
        #function
    }
}

/// The type whose values are calls.
fn call(function: &ItemFn, signature: &Signature<'_>) -> TokenStream {
    let ItemFn { vis, .. } = function;
    let name = signature.name;
    let docs = format!("A call of the task [`{name}`](fn@{name}), as a value.");
    let (names, types) = (names(signature), types(signature));
    quote! {
        #[doc = #docs]
        #[doc(hidden)]
        #[allow(non_camel_case_types, missing_docs)]
        #vis struct #name {
            #(pub #names: #types,)*
        }
    }
}

fn implementation(signature: &Signature<'_>) -> TokenStream {
    let name = signature.name;
    let text = name.to_string();
    let names = names(signature);
    let output = signature
        .output
        .map_or_else(|| quote!(()), |ty| quote!(#ty));
    let function = ours("function");
    quote! {
        impl ::concurrent_futures::Task for #name {
            type Output = #output;

            fn name() -> &'static str {
                ::core::concat!(::core::module_path!(), "::", #text)
            }

            fn run(self) -> Self::Output {
                // Before the arguments, of which one may bear the task's name.
                let #function = #name;
                let Self { #(#names),* } = self;
                #function(#(#names),*)
            }

            fn failed(output: &Self::Output) -> bool {
                #[allow(unused_imports)]
                use ::concurrent_futures::private::{IsAny as _, IsResult as _};
                ::concurrent_futures::private::Output(output).is_failure()
            }
        }
    }
}

/// `new`, `submit`, `map` and `map_with`.
fn helpers(function: &ItemFn, signature: &Signature<'_>) -> TokenStream {
    let name = signature.name;
    let (names, types) = (names(signature), types(signature));
    let executor = ours("executor");
    let maps = (!names.is_empty()).then(|| maps(function, signature));
    let vis = &function.vis;
    quote! {
        #[allow(dead_code, clippy::too_many_arguments)]
        impl #name {
            /// Makes a call of the task.
            #[must_use = "a call does nothing until it is submitted"]
            #vis fn new(#(#names: #types),*) -> Self {
                Self { #(#names),* }
            }

            /// Submits a call of the task.
            #vis fn submit<__Executor>(
                #executor: &__Executor,
                #(#names: #types),*
            ) -> ::concurrent_futures::Future<<Self as ::concurrent_futures::Task>::Output>
            where
                __Executor: ::concurrent_futures::Executor + ?::core::marker::Sized,
            {
                ::concurrent_futures::Submit::submit(#executor, Self { #(#names),* })
            }

            #maps
        }
    }
}

fn maps(function: &ItemFn, signature: &Signature<'_>) -> TokenStream {
    let (names, types) = (names(signature), types(signature));
    let inputs: Vec<Ident> = (0..names.len())
        .map(|n| format_ident!("__Inputs{n}"))
        .collect();
    let (executor, options) = (ours("executor"), ours("options"));
    let calls = calls(&names);
    let vis = &function.vis;
    quote! {
        /// Submits a call for each of the inputs; the results come in order.
        ///
        /// Several inputs are zipped; the shortest ends them.
        #vis fn map<__Executor, #(#inputs),*>(
            #executor: &__Executor,
            #(#names: #inputs),*
        ) -> ::concurrent_futures::Map<'static, <Self as ::concurrent_futures::Task>::Output>
        where
            __Executor: ::concurrent_futures::Executor + ?::core::marker::Sized,
            #(#inputs: ::core::iter::IntoIterator<Item = #types>,)*
        {
            ::concurrent_futures::Submit::map(#executor, #calls)
        }

        /// Submits a call for each of the inputs, as the options say.
        ///
        /// # Errors
        ///
        /// If an option makes no sense; nothing was submitted then.
        #vis fn map_with<'__a, __Executor, #(#inputs),*>(
            #executor: &'__a __Executor,
            #options: ::concurrent_futures::MapOptions,
            #(#names: #inputs),*
        ) -> ::core::result::Result<
            ::concurrent_futures::Map<'__a, <Self as ::concurrent_futures::Task>::Output>,
            ::concurrent_futures::MapError,
        >
        where
            __Executor: ::concurrent_futures::Executor + ?::core::marker::Sized,
            #(#inputs: ::core::iter::IntoIterator<Item = #types>,)*
            #(<#inputs as ::core::iter::IntoIterator>::IntoIter: ::core::marker::Send + '__a,)*
        {
            ::concurrent_futures::Submit::map_with(#executor, #options, #calls)
        }
    }
}

/// An iterator over calls: the inputs zipped, the pairs taken apart again.
fn calls(names: &[&Ident]) -> TokenStream {
    let (first, rest) = names
        .split_first()
        .expect("`maps` is for tasks with parameters");
    let zipped = rest.iter().fold(
        quote!(::core::iter::IntoIterator::into_iter(#first)),
        |zipped, name| quote!(::core::iter::Iterator::zip(#zipped, #name)),
    );
    let pattern = rest
        .iter()
        .fold(quote!(#first), |pattern, name| quote!((#pattern, #name)));
    quote!(::core::iter::Iterator::map(#zipped, |#pattern| Self { #(#names),* }))
}

fn names<'a>(signature: &'a Signature<'_>) -> Vec<&'a Ident> {
    signature
        .parameters
        .iter()
        .map(|parameter| parameter.name)
        .collect()
}

fn types<'a>(signature: &'a Signature<'_>) -> Vec<&'a syn::Type> {
    signature
        .parameters
        .iter()
        .map(|parameter| parameter.ty)
        .collect()
}

/// A name that no name of the user's is confused with.
fn ours(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
