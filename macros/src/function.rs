//! A function item whose body is not parsed, as in `tracing-attributes`.
//!
//! An editor expands functions that are being typed, and puts a bare name in the place of a body
//! that does not parse yet. Their tasks must not vanish meanwhile. The compiler has parsed the body
//! before it expands the attribute.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, Item, Signature, Token, Visibility,
    parse::{Parse, ParseStream},
};

/// A function item; `body` is all tokens after the signature.
#[derive(Clone)]
pub(crate) struct MaybeItemFn {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: TokenStream,
}

/// Reads the function that an attribute stands on; another item gets `text`.
pub(crate) fn read(item: proc_macro::TokenStream, text: &str) -> syn::Result<MaybeItemFn> {
    syn::parse(item.clone()).or_else(|mistake| {
        // What is wrong with a function that is none, syn says best of a whole item.
        match syn::parse::<Item>(item)? {
            Item::Fn(_) => Err(mistake),
            other => Err(syn::Error::new_spanned(other, text)),
        }
    })
}

impl MaybeItemFn {
    /// Whether the function is only declared, in a trait or an `extern` block.
    pub(crate) fn is_without_body(&self) -> bool {
        syn::parse2::<Token![;]>(self.body.clone()).is_ok()
    }
}

/// Whether an attribute is `#[task]`.
pub(crate) fn is_task(attr: &Attribute) -> bool {
    let path = attr.path();
    path.segments
        .last()
        .is_some_and(|last| last.ident == "task" && last.arguments.is_none())
        && (path.segments.len() == 1 || path.segments[0].ident == "concurrent_futures")
}

impl Parse for MaybeItemFn {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl ToTokens for MaybeItemFn {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.attrs.iter().for_each(|attr| attr.to_tokens(tokens));
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}
