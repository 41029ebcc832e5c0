//! What a caller does with a task: `new`, `submit` and `map`, with their variants.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::{fields, library, ours, output, values};
use crate::task::Task;

/// Writes them, with `more` of them.
pub(super) fn helpers(task: &Task<'_>, more: &[TokenStream]) -> TokenStream {
    let name = task.name();
    let submits = [new(task), submit(task), submit_with(task), try_submit(task)];
    let maps = (!task.signature.parameters.is_empty()).then(|| [map(task), map_with(task)]);
    let maps = maps.into_iter().flatten();
    quote! {
        #[allow(deprecated, dead_code, private_interfaces, non_snake_case)]
        #[allow(clippy::too_many_arguments, clippy::new_without_default)]
        #[allow(clippy::missing_errors_doc)]
        impl #name {
            #(#submits)*
            #(#maps)*
            #(#more)*
        }
    }
}

fn new(task: &Task<'_>) -> TokenStream {
    let (vis, helper) = (&task.function.vis, helper(task, "new"));
    let parameters = arguments(task);
    let values = task
        .signature
        .parameters
        .iter()
        .map(|parameter| values::field(task, parameter));
    quote! {
        /// Makes a call of the task, to be submitted.
        #[must_use = "a call does nothing until it is submitted"]
        #vis fn #helper(#(#parameters),*) -> Self {
            Self { #(#values),* }
        }
    }
}

fn submit(task: &Task<'_>) -> TokenStream {
    let (library, output) = (library(task), output(task));
    let helper = submitting(task, "submit", None, &quote!(#library::Future<#output>));
    quote! {
        /// Submits a call of the task, and returns its future.
        ///
        /// Blocks only while a bound on pending calls is reached.
        #helper
    }
}

fn submit_with(task: &Task<'_>) -> TokenStream {
    let (library, output, options) = (library(task), output(task), ours("options"));
    let future = quote!(#library::Future<#output>);
    let helper = submitting(task, "submit_with", Some(&options), &future);
    quote! {
        /// Submits a call of the task with options: a name, limits, retries.
        ///
        /// Blocks only while a bound on pending calls is reached.
        #helper
    }
}

fn try_submit(task: &Task<'_>) -> TokenStream {
    let (library, output) = (library(task), output(task));
    let result = quote!(::core::result::Result<#library::Future<#output>, #library::Full<Self>>);
    let helper = submitting(task, "try_submit", None, &result);
    quote! {
        /// Submits a call of the task if the bound on pending calls is not reached; does not wait.
        ///
        /// # Errors
        ///
        /// If the bound is reached; the error holds the call.
        #helper
    }
}

/// A helper that makes a call, and hands it to the method of `Submit` that has the helper's name.
fn submitting(
    task: &Task<'_>,
    name: &str,
    options: Option<&Ident>,
    returned: &TokenStream,
) -> TokenStream {
    let (helper, method) = (helper(task, name), Ident::new(name, Span::call_site()));
    let (library, vis, executor) = (library(task), &task.function.vis, ours("executor"));
    let (fields, parameters, bounds) = (fields(task), arguments(task), bounds(task));
    let options = options.into_iter();
    let given = options
        .clone()
        .map(|options| quote!(#options: #library::Options,));
    quote! {
        #vis fn #helper<__Executor>(
            #executor: &__Executor,
            #(#given)*
            #(#parameters),*
        ) -> #returned
        where
            #bounds
        {
            #library::Submit::#method(#executor, Self::new(#(#fields),*) #(, #options)*)
        }
    }
}

fn map(task: &Task<'_>) -> TokenStream {
    let helper = helper(task, "map");
    let (library, vis, output) = (library(task), &task.function.vis, output(task));
    let (executor, inputs, bounds) = (ours("executor"), inputs(task, None), bounds(task));
    let calls = calls(task);
    quote! {
        /// Submits a call for each of the inputs; the results come in their order.
        ///
        /// Several inputs are zipped; the shortest ends them. Blocks only while a bound
        /// on pending calls is reached.
        #vis fn #helper<__Executor>(
            #executor: &__Executor,
            #(#inputs),*
        ) -> #library::Map<'static, #output>
        where
            #bounds
        {
            #library::Submit::map(#executor, #calls)
        }
    }
}

fn map_with(task: &Task<'_>) -> TokenStream {
    let helper = helper(task, "map_with");
    let (library, vis, output) = (library(task), &task.function.vis, output(task));
    let (executor, options) = (ours("executor"), ours("options"));
    let (inputs, bounds) = (
        inputs(task, Some(quote!(IntoIter: ::core::marker::Send + '__a))),
        bounds(task),
    );
    let calls = calls(task);
    quote! {
        /// Submits a call for each of the inputs, as the options say.
        ///
        /// # Errors
        ///
        /// If an option makes no sense; nothing was submitted then.
        #vis fn #helper<'__a, __Executor>(
            #executor: &'__a __Executor,
            #options: #library::MapOptions,
            #(#inputs),*
        ) -> ::core::result::Result<#library::Map<'__a, #output>, #library::MapError>
        where
            #bounds
        {
            #library::Submit::map_with(#executor, #options, #calls)
        }
    }
}

/// The name of a helper, where the function begins: that is what an editor goes to.
///
/// Not where its name is: renaming the function would rename the helper.
pub(super) fn helper(task: &Task<'_>, name: &str) -> Ident {
    Ident::new(name, task.function.sig.fn_token.span)
}

/// The bounds of each helper: an executor that the task can reach.
///
/// The unused lifetime lets the bound be false: then the error is at the line that submits.
pub(super) fn bounds(task: &Task<'_>) -> TokenStream {
    let (library, output) = (library(task), output(task));
    quote! {
        __Executor: #library::Executor + ?::core::marker::Sized,
        for<'__task> Self: #library::Task<Output = #output>,
        for<'__task> Self: #library::Reaches<<__Executor as #library::Executor>::Reach>,
    }
}

/// The parameters of a helper that makes one call.
fn arguments(task: &Task<'_>) -> Vec<TokenStream> {
    let parameters = task.signature.parameters.iter();
    parameters
        .map(|parameter| {
            let (field, ty) = (&parameter.field, values::argument(task, parameter));
            quote!(#field: #ty)
        })
        .collect()
}

/// The parameters of a helper that makes a call for each input.
fn inputs(task: &Task<'_>, more: Option<TokenStream>) -> Vec<TokenStream> {
    let more = more.map(|more| quote!(, #more));
    let parameters = task.signature.parameters.iter();
    parameters
        .map(|parameter| {
            let (field, ty) = (&parameter.field, parameter.ty);
            let item = match values::bound(task, parameter) {
                None => quote!(Item = #ty),
                Some(bound) => quote!(Item: #bound),
            };
            quote!(#field: impl ::core::iter::IntoIterator<#item #more>)
        })
        .collect()
}

/// An iterator over calls: the inputs zipped, the pairs taken apart again.
fn calls(task: &Task<'_>) -> TokenStream {
    let fields: Vec<&Ident> = fields(task);
    let (first, rest) = fields
        .split_first()
        .expect("there is a map only for tasks with parameters");
    let zipped = rest.iter().fold(
        quote!(::core::iter::IntoIterator::into_iter(#first)),
        |zipped, name| quote!(::core::iter::Iterator::zip(#zipped, #name)),
    );
    let pattern = rest
        .iter()
        .fold(quote!(#first), |pattern, name| quote!((#pattern, #name)));
    quote!(::core::iter::Iterator::map(#zipped, |#pattern| Self::new(#(#fields),*)))
}
