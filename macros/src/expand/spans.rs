//! Where an error is to point: tokens of ours with the span of a type of the user's.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::Type;

/// The tokens, from the span of the first to that of the last of `place`.
pub(super) fn spanned_like(tokens: &TokenStream, place: &Type) -> TokenStream {
    let place: Vec<Span> = place
        .to_token_stream()
        .into_iter()
        .map(|token| token.span())
        .collect();
    let [start, .., end] = *place.as_slice() else {
        let span = place.first().copied().unwrap_or_else(Span::call_site);
        return respanned(tokens, |_| span);
    };
    let last = tokens.clone().into_iter().count() - 1;
    respanned(tokens, |index| if index == last { end } else { start })
}

/// The tokens, each with the span that `span` gives it.
fn respanned(tokens: &TokenStream, span: impl Fn(usize) -> Span) -> TokenStream {
    let tokens = tokens.clone().into_iter().enumerate();
    tokens
        .map(|(index, mut token)| {
            let span = span(index);
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}
