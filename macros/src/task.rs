//! A task: a function and what was read of it.

use syn::Ident;

use crate::{
    function::MaybeItemFn, options::Options, signature::Signature, surroundings::Surroundings,
};

/// What a task is written from.
pub(crate) struct Task<'a> {
    pub(crate) function: &'a MaybeItemFn,
    pub(crate) signature: Signature<'a>,
    pub(crate) surroundings: Surroundings,
    pub(crate) options: Options,
}

impl Task<'_> {
    /// The name of the type whose values are calls.
    pub(crate) fn name(&self) -> &Ident {
        let wrapper = self.options.wrapper.as_ref();
        wrapper.unwrap_or(&self.function.sig.ident)
    }
}
