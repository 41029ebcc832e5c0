//! A function whose body is left as it was written.
//!
//! An editor expands functions that are being typed, and puts a bare name in the
//! place of a body that does not parse yet. Their tasks must not vanish meanwhile.
//! The compiler has parsed the body before it asks us.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, Item, Signature, Token, Visibility,
    parse::{Parse, ParseStream},
};

/// A function; its body is whatever follows the signature.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: TokenStream,
}

/// Reads the function that an attribute stands on; another item gets `text`.
pub(crate) fn read(item: proc_macro::TokenStream, text: &str) -> syn::Result<Function> {
    syn::parse(item.clone()).or_else(|mistake| {
        // What is wrong with a function that is none, syn says best of a whole item.
        match syn::parse::<Item>(item)? {
            Item::Fn(_) => Err(mistake),
            other => Err(syn::Error::new_spanned(other, text)),
        }
    })
}

impl Function {
    /// Whether it is only declared, in a trait or an `extern` block.
    pub(crate) fn is_without_body(&self) -> bool {
        syn::parse2::<Token![;]>(self.body.clone()).is_ok()
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.attrs.iter().for_each(|attr| attr.to_tokens(tokens));
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}
