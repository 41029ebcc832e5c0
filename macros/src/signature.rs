//! Reading: what of a function's signature its task is made of.

use syn::{FnArg, Ident, ItemFn, Pat, ReturnType, Type};

/// The parts of a checked signature.
pub(crate) struct Signature<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) parameters: Vec<Parameter<'a>>,
    /// None for a function that returns nothing.
    pub(crate) output: Option<&'a Type>,
}

/// One parameter: a field of the call.
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) ty: &'a Type,
}

/// Reads a signature that `check::task` has let through.
pub(crate) fn read(function: &ItemFn) -> Result<Signature<'_>, syn::Error> {
    let output = match &function.sig.output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(&**ty),
    };
    let parameters = function
        .sig
        .inputs
        .iter()
        .map(parameter)
        .collect::<Result<_, _>>()?;
    Ok(Signature {
        name: &function.sig.ident,
        parameters,
        output,
    })
}

/// A parameter that is named by a plain identifier.
pub(crate) fn parameter(input: &FnArg) -> Result<Parameter<'_>, syn::Error> {
    if let FnArg::Typed(typed) = input
        && let Pat::Ident(pattern) = &*typed.pat
        && pattern.subpat.is_none()
        && pattern.by_ref.is_none()
    {
        return Ok(Parameter {
            name: &pattern.ident,
            ty: &typed.ty,
        });
    }
    Err(syn::Error::new_spanned(
        input,
        "a task's parameter is named by a plain identifier; take the value apart inside",
    ))
}
