//! The type whose values are calls, which are `Debug` and `Clone` where their arguments are.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use super::{conditions, docs, fields, ours, values};
use crate::task::Task;

pub(crate) fn call(task: &Task<'_>) -> TokenStream {
    let (vis, name) = (&task.function.vis, task.name());
    let function = &task.function.sig.ident;
    let deprecated = conditions(&task.function.attrs, &["deprecated"]);
    let docs = format!("A call of the task [`{function}`](fn@{function}), as a value.");
    let summary = docs::summary(task);
    let fields = task.signature.parameters.iter().map(|parameter| {
        let (field, ty) = (&parameter.field, values::owned(parameter));
        let docs = format!("The argument `{field}`.");
        quote!(#[doc = #docs] pub #field: #ty)
    });
    quote! {
        #(#summary)*
        #[doc = ""]
        #[doc = #docs]
        #[doc(hidden)]
        #[must_use = "a call does nothing until it is submitted"]
        #deprecated
        #[allow(non_camel_case_types, non_snake_case, dead_code)]
        #[allow(private_interfaces, missing_debug_implementations)]
        #vis struct #name {
            #(#fields,)*
        }
    }
}

/// `impl Debug` and `impl Clone`.
///
/// The unused lifetime lets their bounds be false: then the call is not `Clone`, say, which is an
/// error only where it is cloned.
pub(super) fn derived(task: &Task<'_>) -> TokenStream {
    let (name, fields, f) = (task.name(), fields(task), ours("f"));
    let texts = fields.iter().map(|field| field.unraw().to_string());
    let shown = name.unraw().to_string();
    let owned: Vec<_> = task
        .signature
        .parameters
        .iter()
        .map(values::owned)
        .collect();
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::fmt::Debug for #name
        where
            #(for<'__task> #owned: ::core::fmt::Debug,)*
        {
            fn fmt(&self, #f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #f.debug_struct(#shown) #(.field(#texts, &self.#fields))* .finish()
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::clone::Clone for #name
        where
            #(for<'__task> #owned: ::core::clone::Clone,)*
        {
            fn clone(&self) -> Self {
                Self { #(#fields: ::core::clone::Clone::clone(&self.#fields),)* }
            }
        }
    }
}
