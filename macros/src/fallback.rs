//! Writing after an error: the user's function, the errors, and a type in the task's place.
//!
//! Code that calls the function or submits the task then gets no errors of its own.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Ident;

use crate::{check, expand, function::MaybeItemFn, task::Task};

/// A task whose signature was refused.
pub(crate) fn task(task: &Task<'_>, mistakes: &syn::Error) -> TokenStream {
    let function = expand::without_task(task.function);
    // Beside an item of an `impl` no type may stand, and one that would hide another must not.
    let has_place = task.signature.receiver.is_none()
        && task.surroundings.outer.is_none()
        && !function.is_without_body()
        && check::is_name_free(task);
    let stand_in = has_place.then(|| stand_in(task));
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

/// A function that was to be the program's entry.
///
/// A `main` that cannot be the entry goes inside of one that can: the compiler would report an
/// error of its own for it.
pub(crate) fn main(function: &MaybeItemFn, mistakes: &syn::Error) -> TokenStream {
    if function.sig.ident != "main" {
        return item(function.to_token_stream(), mistakes);
    }
    let mut function = function.clone();
    function.attrs.retain(|attr| !check::is_runtime(attr));
    let mistakes = mistakes.to_compile_error();
    quote! {
        #mistakes
        fn main() {
            #[allow(dead_code)]
            #function
        }
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
    let helpers = helpers(task, &output);
    let call = if check::are_fields(task) {
        expand::call(task)
    } else {
        quote! {
            #[allow(non_camel_case_types, dead_code)]
            #vis struct #name {}
        }
    };
    quote! {
        #call

        impl #library::Task for #name {
            type Output = #output;

            fn name() -> &'static str {
                ::core::unreachable!()
            }

            fn run(self) -> Self::Output {
                ::core::unreachable!()
            }
        }

        #[allow(dead_code, unused_variables, clippy::too_many_arguments)]
        impl #name {
            #helpers
        }
    }
}

/// The helpers of a task, which take anything.
fn helpers(task: &Task<'_>, output: &TokenStream) -> TokenStream {
    let (vis, library) = (&task.function.vis, expand::library(task));
    let count = task.signature.parameters.len();
    let places: Vec<_> = (0..count)
        .map(|place| format_ident!("arg{place}"))
        .collect();
    let maps = maps(task, output, &places);
    quote! {
        #vis fn new(#(#places: impl Sized),*) -> Self {
            ::core::unreachable!()
        }

        #vis fn submit(
            executor: impl Sized,
            #(#places: impl Sized),*
        ) -> #library::Future<#output> {
            ::core::unreachable!()
        }

        #vis fn submit_with(
            executor: impl Sized,
            options: #library::Options,
            #(#places: impl Sized),*
        ) -> #library::Future<#output> {
            ::core::unreachable!()
        }

        #vis fn try_submit(
            executor: impl Sized,
            #(#places: impl Sized),*
        ) -> ::core::result::Result<#library::Future<#output>, #library::Full<Self>> {
            ::core::unreachable!()
        }

        #maps
    }
}

/// Those of them that make a call for each input.
fn maps(task: &Task<'_>, output: &TokenStream, places: &[Ident]) -> TokenStream {
    let (vis, library) = (&task.function.vis, expand::library(task));
    let map = quote!(#library::Map<'static, #output>);
    quote! {
        #vis fn map(executor: impl Sized, #(#places: impl Sized),*) -> #map {
            ::core::unreachable!()
        }

        #vis fn starmap(executor: impl Sized, inputs: impl Sized) -> #map {
            ::core::unreachable!()
        }

        #vis fn map_with(
            executor: impl Sized,
            options: #library::MapOptions,
            #(#places: impl Sized),*
        ) -> ::core::result::Result<#map, #library::MapError> {
            ::core::unreachable!()
        }

        #vis fn starmap_with(
            executor: impl Sized,
            options: #library::MapOptions,
            inputs: impl Sized,
        ) -> ::core::result::Result<#map, #library::MapError> {
            ::core::unreachable!()
        }
    }
}
