//! Reading: what of a function's signature its task is made of.

use quote::{ToTokens, format_ident};
use syn::{FnArg, Ident, Pat, PatType, Receiver, ReturnType, Type, TypeReference, ext::IdentExt};

use crate::function::MaybeItemFn;

/// The parts of a signature, as they were written.
pub(crate) struct Signature<'a> {
    pub(crate) receiver: Option<&'a Receiver>,
    pub(crate) parameters: Vec<Parameter<'a>>,
    /// None for a function that returns nothing.
    pub(crate) output: Option<&'a Type>,
}

/// One parameter: a field of the call.
pub(crate) struct Parameter<'a> {
    /// What it was named, or its place if it is a pattern.
    pub(crate) field: Ident,
    pub(crate) ty: &'a Type,
    pub(crate) written: &'a PatType,
}

impl<'a> Parameter<'a> {
    /// What is behind the reference, if the call is to own that.
    pub(crate) fn lent(&self) -> Option<&'a Type> {
        self.borrowed().map(|reference| bare(&reference.elem))
    }

    /// The reference that it is, if the call is to own what is behind it.
    pub(crate) fn borrowed(&self) -> Option<&'a TypeReference> {
        match self.ty {
            Type::Reference(reference) if !is_static(reference) => Some(reference),
            _ => None,
        }
    }
}

/// Whether a reference lives for ever, so that a call can keep it as it is.
fn is_static(reference: &TypeReference) -> bool {
    let lifetime = reference.lifetime.as_ref();
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}

/// Reads the signature of a function.
pub(crate) fn read(function: &MaybeItemFn) -> Signature<'_> {
    let inputs = || function.sig.inputs.iter();
    let typed: Vec<_> = inputs()
        .filter_map(|input| match input {
            FnArg::Typed(typed) => Some(typed),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let names: Vec<_> = typed.iter().map(|typed| name(&typed.pat)).collect();
    let parameters = typed.iter().enumerate().map(|(place, typed)| Parameter {
        field: names[place]
            .cloned()
            .unwrap_or_else(|| name_of_place(place, &names)),
        ty: bare(&typed.ty),
        written: typed,
    });
    Signature {
        receiver: inputs().find_map(|input| match input {
            FnArg::Receiver(receiver) => Some(receiver),
            FnArg::Typed(_) => None,
        }),
        parameters: parameters.collect(),
        output: match &function.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(bare(ty)),
        },
    }
}

/// The type, out of the parentheses and invisible groups (as of `$ty` in a macro) around it.
pub(crate) fn bare(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        };
    }
}

/// The name of a parameter that has one: `x`, `mut x`, `ref x`, `x @ …`.
fn name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(pattern) => Some(&pattern.ident),
        Pat::Paren(pattern) => name(&pattern.pat),
        _ => None,
    }
}

/// `arg0` for the first parameter, and so on; longer if another one has that name.
fn name_of_place(place: usize, names: &[Option<&Ident>]) -> Ident {
    let mut field = format_ident!("arg{place}");
    while names
        .iter()
        .flatten()
        .any(|name| name.unraw() == field.unraw())
    {
        field = format_ident!("{field}_");
    }
    field
}

/// A type as people write it.
pub(crate) fn text(ty: &impl ToTokens) -> String {
    let text = ty.to_token_stream().to_string();
    [
        ("& ", "&"),
        (" < ", "<"),
        (" >", ">"),
        (" :: ", "::"),
        (" ,", ","),
        ("< ", "<"),
    ]
    .iter()
    .fold(text, |text, (from, to)| text.replace(from, to))
}
