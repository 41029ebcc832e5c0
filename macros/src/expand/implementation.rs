//! What a task is to every executor: `impl Task`.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Ident, ext::IdentExt};

use super::{fields, library, ours, output, spans::spanned_like, values};
use crate::{check, options::Written, task::Task};

pub(super) fn implementation(task: &Task<'_>) -> TokenStream {
    let (library, name, output) = (
        library(task),
        name_at_what_may_not_be_sent(task),
        output(task),
    );
    let (text, options) = (task_name(task), options(task));
    let (fields, user_function, function) =
        (fields(task), &task.function.sig.ident, ours("function"));
    let given = task.signature.parameters.iter().map(values::given);
    quote! {
        #[automatically_derived]
        #[allow(deprecated, non_snake_case)]
        impl #library::Task for #name {
            // The type itself, not `Self::Output`: that would be one more place of the error.
            type Output = #output;

            fn name() -> &'static str {
                #text
            }

            // Calls may be smaller than the step to here.
            #[inline]
            fn run(self) -> #output {
                // Before the arguments, of which one may bear the function's name.
                let #function = #user_function;
                let Self { #(#fields),* } = self;
                #function(#(#given),*)
            }

            #options

            fn failed(output: &#output) -> bool {
                #[allow(unused_imports)]
                use #library::private::{IsAny as _, IsResult as _};
                #library::private::Output(output).__task_is_failure()
            }
        }
    }
}

/// The type's name, at the parameter that is the likeliest not to be `Send`.
///
/// There is one error then, that of the impl, and it stands where its name is.
fn name_at_what_may_not_be_sent(task: &Task<'_>) -> TokenStream {
    let name = task.name();
    let types = || {
        task.signature
            .parameters
            .iter()
            .map(|parameter| parameter.ty)
    };
    let suspect = types().find(|ty| check::stays_on_its_thread(ty));
    match suspect.or_else(|| only(types().filter(|ty| !check::is_plain(ty)))) {
        None => name.to_token_stream(),
        // Two tokens at least, so that the type's first and last one are both underlined.
        Some(ty) => spanned_like(&quote_spanned!(name.span()=> #name<>), ty),
    }
}

/// The item of an iterator that has one item.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
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
    let options = &task.options;
    let asked = [
        ("timeout", options.timeout.as_ref().map(time)),
        ("memory", options.memory.as_ref().map(size)),
        (
            "retries",
            options.retries.as_ref().map(Expr::to_token_stream),
        ),
        ("backoff", options.backoff.as_ref().map(time)),
        (
            "retry_timeouts",
            options.retry_timeouts.as_ref().map(Expr::to_token_stream),
        ),
    ];
    let asked: Vec<_> = asked
        .into_iter()
        .filter_map(|(name, value)| {
            let name = Ident::new(name, Span::call_site());
            value.map(|value| quote!(.#name(#value)))
        })
        .collect();
    let library = library(task);
    (!asked.is_empty()).then(|| {
        quote! {
            fn options() -> #library::Options {
                #library::Options::new() #(#asked)*
            }
        }
    })
}

fn time(time: &Written<Duration>) -> TokenStream {
    match time {
        Written::Expr(expr) => expr.to_token_stream(),
        Written::Text(time) => {
            let (seconds, nanos) = (time.as_secs(), time.subsec_nanos());
            quote!(::core::time::Duration::new(#seconds, #nanos))
        }
    }
}

fn size(size: &Written<u64>) -> TokenStream {
    match size {
        Written::Expr(expr) => expr.to_token_stream(),
        Written::Text(bytes) => bytes.to_token_stream(),
    }
}
