//! What a task is to other processes: its registry entry, and `impl Remote`.
//!
//! Every task has the entry; the compiler decides whether it can run from bytes (`Runs`). The
//! bounds of the impl have an unused lifetime: with it they may be false, and then the task is not
//! `Remote`, which is an error only where a call is sent to another process. Each bound has the
//! span of its type, so that the error points there.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, Type, ext::IdentExt};

use super::{fields, implementation::task_name, library, output, spans::spanned_like, values};
use crate::{check::has_static_borrow, signature::Signature, task::Task};

pub(super) fn registered(task: &Task<'_>) -> TokenStream {
    let (library, name) = (library(task), task.name());
    let (text, has_own_name) = (task_name(task), task.options.name.is_some());
    let signature = fingerprint(&task.signature);
    let remote = remote(task);
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #library::private::{AnyOutput as _, ResultOutput as _, StaysHere as _};

            #[allow(deprecated)]
            static ENTRY: #library::remote::Entry = #library::remote::Entry::new(
                (#text, #has_own_name),
                ::core::any::type_name::<#name>,
                #library::__place!(),
                #signature,
                #library::private::Runs::<#name>::__TASK_RUN,
            );

            #library::__register!(ENTRY);

            #remote
        };
    }
}

fn remote(task: &Task<'_>) -> TokenStream {
    let (library, name, bounds) = (library(task), task.name(), bounds(task));
    let output = output(task);
    let [encode, decode, encode_output, decode_output] = bodies(task);
    let codec_error = quote!(#library::private::CodecError);
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unused_variables)]
        impl #library::Remote for #name
        where
            #(#bounds,)*
        {
            fn entry() -> &'static #library::remote::Entry {
                &ENTRY
            }

            fn encode(
                self,
                encoder: &mut #library::private::Encoder<'_>,
            ) -> ::core::result::Result<(), #codec_error> {
                #encode
            }

            fn decode(
                decoder: &mut #library::private::Decoder<'_>,
            ) -> ::core::result::Result<Self, #codec_error> {
                #decode
            }

            fn encode_output(
                output: #output,
                encoder: &mut #library::private::Encoder<'_>,
            ) -> ::core::result::Result<(), #codec_error> {
                #encode_output
            }

            fn decode_output(
                decoder: &mut #library::private::Decoder<'_>,
            ) -> ::core::result::Result<#output, #codec_error> {
                #decode_output
            }
        }
    }
}

/// The bodies of `encode`, `decode`, `encode_output` and `decode_output`.
fn bodies(task: &Task<'_>) -> [TokenStream; 4] {
    let (library, fields) = (library(task), fields(task));
    let parameters = task.signature.parameters.iter();
    let mut types = parameters
        .map(|parameter| parameter.ty)
        .chain(task.signature.output);
    if types.any(has_static_borrow) {
        // Never called, as the bound on that type never holds; and the compiler would ask
        // serde of it all the same.
        return std::array::from_fn(|_| quote!(::core::unreachable!()));
    }
    let texts = fields.iter().map(|field| field.unraw().to_string());
    let texts: Vec<_> = texts.collect();
    let output = output(task);
    let returned = quote!(#library::private::Returned::<#output>::new());
    [
        quote! {
            #(#library::private::encode(self.#fields, #texts, encoder)?;)*
            ::core::result::Result::Ok(())
        },
        quote! {
            ::core::result::Result::Ok(Self {
                #(#fields: #library::private::decode(#texts, decoder)?,)*
            })
        },
        quote!(#returned.__task_way().encode(output, encoder)),
        quote!(#returned.__task_way().decode(decoder)),
    ]
}

/// A bound for each parameter, and for what is returned.
fn bounds(task: &Task<'_>) -> Vec<TokenStream> {
    let library = library(task);
    let portable = quote!(#library::Portable);
    let returned = quote!(#library::private::PortableReturn);
    let as_is = |ty: &Type, required| bound(task, ty, &ty, required);
    let parameters = task.signature.parameters.iter();
    let mut bounds: Vec<_> = parameters
        .map(|parameter| bound(task, parameter.ty, &values::owned(parameter), &portable))
        .collect();
    match task.signature.output.map(|ty| (ty, sides(ty))) {
        None => {}
        Some((ty, Some((value, error)))) => {
            bounds.extend([as_is(value, &portable), as_is(error, &returned)]);
            // `Result` may be an alias with other arguments, so the whole type is checked too.
            bounds.push(as_is(ty, &returned));
        }
        Some((ty, None)) if is_result(ty) => bounds.push(as_is(ty, &returned)),
        Some((ty, None)) => bounds.push(as_is(ty, &portable)),
    }
    bounds
}

/// `for<'__task> #owned: #required`, where what is required has the span of `written`.
fn bound(
    task: &Task<'_>,
    written: &Type,
    owned: &impl ToTokens,
    required: &TokenStream,
) -> TokenStream {
    let library = library(task);
    let required = if has_static_borrow(written) {
        spanned_like(&quote!(#library::private::PortableStatic), written)
    } else {
        spanned_like(required, written)
    };
    quote!(for<'__task> #owned: #required)
}

/// What a `Result<T, E>` is made of, if it is written out.
fn sides(ty: &Type) -> Option<(&Type, &Type)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let arguments: Vec<_> = arguments.args.iter().collect();
    match arguments.as_slice() {
        [GenericArgument::Type(value), GenericArgument::Type(error)] if last.ident == "Result" => {
            Some((value, error))
        }
        _ => None,
    }
}

/// Whether a type is called `Result`; what it is, the compiler will find out.
fn is_result(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident == "Result")
}

/// A number that differs, but by chance, unless two signatures were written alike: 64 bits of
/// FNV-1a over the names and types of the parameters and the type of the result.
///
/// Source: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm" (IETF draft).
fn fingerprint(signature: &Signature<'_>) -> u64 {
    let mut text = String::new();
    for parameter in &signature.parameters {
        let (field, ty) = (&parameter.field, parameter.ty.to_token_stream());
        text += &format!("{field}:{ty},");
    }
    let output = signature.output.map(ToTokens::to_token_stream);
    text += &format!("->{}", output.unwrap_or_default());
    // Spaces between tokens are the compiler's.
    let bytes = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
