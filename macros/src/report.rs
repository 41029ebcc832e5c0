//! Mistakes, collected to be told together.

use quote::ToTokens;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Report(Option<syn::Error>);

impl Report {
    /// Notes a mistake at `place`, if there is one.
    pub(crate) fn refuse(&mut self, place: Option<impl ToTokens>, text: impl AsRef<str>) {
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

    /// Notes what went wrong, and goes on.
    pub(crate) fn note<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|mistake| self.add(mistake)).ok()
    }

    /// All mistakes, if there are any.
    pub(crate) fn end(self) -> Option<syn::Error> {
        self.0
    }
}
