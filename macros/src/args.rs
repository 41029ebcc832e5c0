//! Reading: the options in the parentheses of an attribute.

use proc_macro2::Span;
use syn::{
    Expr, Ident, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

/// One `option = value`, as it was written.
pub(crate) struct Arg {
    pub(crate) name: Ident,
    /// None if there is no `=`.
    pub(crate) value: Option<Expr>,
}

impl Arg {
    fn parse(input: ParseStream<'_>, example: &str) -> syn::Result<Self> {
        // `crate` is an option too.
        let name = input
            .call(Ident::parse_any)
            .map_err(|mistake| not_an_option(mistake.span(), example))?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(bare(input.parse()?)),
            None if input.is_empty() || input.peek(Token![,]) => None,
            None => return Err(not_an_option(input.span(), example)),
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

fn not_an_option(place: Span, example: &str) -> syn::Error {
    let text = format!(
        "an option is written `name = value`, and parted from the next by a comma; write `{example}`"
    );
    syn::Error::new(place, text)
}

/// Reads the options, known or not; an error shows the `example`.
pub(crate) fn read(args: proc_macro::TokenStream, example: &str) -> syn::Result<Vec<Arg>> {
    let parser = |input: ParseStream<'_>| {
        let mut args = Vec::new();
        while !input.is_empty() {
            args.push(Arg::parse(input, example)?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(args)
    };
    parser.parse(args)
}
