//! Reading: what stands in the parentheses of an attribute.

use proc_macro2::Span;
use syn::{
    Expr, Ident, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
};

/// One `option = value`, as it was written.
pub(crate) struct Arg {
    pub(crate) name: Ident,
    /// None if there is no `=`.
    pub(crate) value: Option<Expr>,
}

impl Parse for Arg {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        // `crate` is an option too.
        let name = input
            .call(Ident::parse_any)
            .map_err(|mistake| not_an_option(mistake.span()))?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(bare(input.parse()?)),
            None if input.is_empty() || input.peek(Token![,]) => None,
            None => return Err(not_an_option(input.span())),
        };
        Ok(Self { name, value })
    }
}

/// The expression, out of the invisible groups (as of `$expr` in a macro) around it.
fn bare(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => bare(*group.expr),
        expr => expr,
    }
}

fn not_an_option(place: Span) -> syn::Error {
    let text = "an option is written `name = value`, and parted from the next by a comma; write `timeout = \"5s\"`";
    syn::Error::new(place, text)
}

/// Reads the options, whatever they are.
pub(crate) fn read(args: proc_macro::TokenStream) -> syn::Result<Vec<Arg>> {
    let args = Punctuated::<Arg, Token![,]>::parse_terminated.parse(args)?;
    Ok(args.into_iter().collect())
}
