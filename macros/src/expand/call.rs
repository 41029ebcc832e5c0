//! The type whose values are calls.

use proc_macro2::TokenStream;
use quote::quote;

use super::{conditions, docs, values};
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
        #deprecated
        #[allow(non_camel_case_types, non_snake_case, dead_code)]
        #[allow(private_interfaces, missing_debug_implementations)]
        #vis struct #name {
            #(#fields,)*
        }
    }
}
