//! The errors of one attribute, reported together.

use quote::ToTokens;

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Report(Option<syn::Error>);

impl Report {
    /// Adds an error at `place`, if there is one.
    pub(crate) fn error_if(&mut self, place: Option<impl ToTokens>, text: impl AsRef<str>) {
        if let Some(place) = place {
            self.add(syn::Error::new_spanned(place, text.as_ref()));
        }
    }

    pub(crate) fn add(&mut self, mistake: syn::Error) {
        match &mut self.0 {
            Some(mistakes) => mistakes.combine(mistake),
            None => self.0 = Some(mistake),
        }
    }

    /// Takes the value of a result, and adds its error.
    pub(crate) fn absorb<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|mistake| self.add(mistake)).ok()
    }

    /// All errors, combined, if there are any.
    pub(crate) fn finish(self) -> Option<syn::Error> {
        self.0
    }
}
