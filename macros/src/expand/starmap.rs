//! The helpers that take tuples of arguments: `starmap`, `starmap_with`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{
    fields,
    helpers::{bounds, helper},
    library, ours, output, values,
};
use crate::task::Task;

/// Writes them; a task without parameters has none.
pub(super) fn helpers(task: &Task<'_>) -> Vec<TokenStream> {
    if task.signature.parameters.is_empty() {
        return Vec::new();
    }
    vec![starmap(task), starmap_with(task)]
}

fn starmap(task: &Task<'_>) -> TokenStream {
    let helper = helper(task, "starmap");
    let (library, vis, output) = (library(task), &task.function.vis, output(task));
    let (executor, inputs, bounds) = (ours("executor"), ours("inputs"), bounds(task));
    let (generics, tuple, calls) = (generics(task), tuple(task), calls(task));
    quote! {
        /// Submits a call for each tuple of arguments; the results come in their order.
        ///
        /// Blocks only while a bound on pending calls is reached.
        #vis fn #helper<__Executor, #(#generics),*>(
            #executor: &__Executor,
            #inputs: impl ::core::iter::IntoIterator<Item = #tuple>,
        ) -> #library::Map<'static, #output>
        where
            #bounds
        {
            #library::Submit::map(#executor, #calls)
        }
    }
}

fn starmap_with(task: &Task<'_>) -> TokenStream {
    let helper = helper(task, "starmap_with");
    let (library, vis, output) = (library(task), &task.function.vis, output(task));
    let (executor, options, inputs) = (ours("executor"), ours("options"), ours("inputs"));
    let (bounds, generics) = (bounds(task), generics(task));
    let (tuple, calls) = (tuple(task), calls(task));
    quote! {
        /// Submits a call for each tuple of arguments, as the options say.
        ///
        /// # Errors
        ///
        /// If an option makes no sense; nothing was submitted then.
        #vis fn #helper<'__a, __Executor, #(#generics),*>(
            #executor: &'__a __Executor,
            #options: #library::MapOptions,
            #inputs: impl ::core::iter::IntoIterator<
                Item = #tuple,
                IntoIter: ::core::marker::Send + '__a,
            >,
        ) -> ::core::result::Result<#library::Map<'__a, #output>, #library::MapError>
        where
            #bounds
        {
            #library::Submit::map_with(#executor, #options, #calls)
        }
    }
}

/// A type parameter for each argument that is lent, with its bound.
fn generics(task: &Task<'_>) -> Vec<TokenStream> {
    let parameters = task.signature.parameters.iter().enumerate();
    parameters
        .filter_map(|(place, parameter)| {
            let (generic, bound) = (generic(place), values::bound(task, parameter)?);
            Some(quote!(#generic: #bound))
        })
        .collect()
}

/// The type of one input.
fn tuple(task: &Task<'_>) -> TokenStream {
    let parameters = task.signature.parameters.iter().enumerate();
    let items = parameters.map(|(place, parameter)| match parameter.borrowed() {
        None => {
            let ty = parameter.ty;
            quote!(#ty)
        }
        Some(_) => {
            let generic = generic(place);
            quote!(#generic)
        }
    });
    quote!((#(#items,)*))
}

fn generic(place: usize) -> syn::Ident {
    format_ident!("__Argument{place}")
}

/// An iterator over calls, made of one over tuples.
fn calls(task: &Task<'_>) -> TokenStream {
    let (inputs, fields) = (ours("inputs"), fields(task));
    quote! {
        ::core::iter::Iterator::map(
            ::core::iter::IntoIterator::into_iter(#inputs),
            |(#(#fields,)*)| Self::new(#(#fields),*),
        )
    }
}
