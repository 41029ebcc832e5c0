//! What a task is to every executor: `impl Task`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::{fields, library, ours, output, values};
use crate::{check::Timeout, task::Task};

pub(super) fn implementation(task: &Task<'_>) -> TokenStream {
    let (library, name, output) = (library(task), task.name(), output(task));
    let (text, options) = (task_name(task), options(task));
    let (fields, user_function, function) =
        (fields(task), &task.function.sig.ident, ours("function"));
    let owned = task.signature.parameters.iter().map(values::owned);
    let given = task.signature.parameters.iter().map(values::given);
    quote! {
        #[automatically_derived]
        #[allow(deprecated, non_snake_case)]
        impl #library::Task for #name
        where
            // One that is not is told once, by the check beside the registry entry.
            #(for<'__task> #owned: ::core::marker::Send,)*
        {
            type Output = #output;

            fn name() -> &'static str {
                #text
            }

            fn run(self) -> Self::Output {
                // Before the arguments, of which one may bear the function's name.
                let #function = #user_function;
                let Self { #(#fields),* } = self;
                #function(#(#given),*)
            }

            #options

            fn failed(output: &Self::Output) -> bool {
                #[allow(unused_imports)]
                use #library::private::{IsAny as _, IsResult as _};
                #library::private::Output(output).__task_is_failure()
            }
        }
    }
}

/// The name that was asked for, else that of the function, with its path.
pub(super) fn task_name(task: &Task<'_>) -> TokenStream {
    match &task.options.name {
        Some(name) => quote!(#name),
        None => {
            let name = task.function.sig.ident.unraw().to_string();
            quote!(::core::concat!(::core::module_path!(), "::", #name))
        }
    }
}

/// What the task asks for each of its calls, if anything.
fn options(task: &Task<'_>) -> Option<TokenStream> {
    let timeout = task.options.timeout.as_ref().map(|timeout| match timeout {
        Timeout::Expr(limit) => quote!(.timeout(#limit)),
        Timeout::Text(limit) => {
            let (seconds, nanos) = (limit.as_secs(), limit.subsec_nanos());
            quote!(.timeout(::core::time::Duration::new(#seconds, #nanos)))
        }
    });
    let retries = task
        .options
        .retries
        .as_ref()
        .map(|retries| quote!(.retries(#retries)));
    let asked: Vec<_> = [timeout, retries].into_iter().flatten().collect();
    let library = library(task);
    (!asked.is_empty()).then(|| {
        quote! {
            fn options() -> #library::Options {
                #library::Options::new() #(#asked)*
            }
        }
    })
}
