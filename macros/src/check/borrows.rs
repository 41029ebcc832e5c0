//! What is looked for inside of a type: borrows, `impl Trait`, paths.

use syn::{
    BoundLifetimes, Lifetime, ParenthesizedGenericArguments, Path, PathSegment, Type, TypeFnPtr,
    TypeImplTrait, TypeReference, TypeTraitObject, parse_quote,
    visit::{self, Visit},
    visit_mut::{self, VisitMut},
};

use crate::signature::text;

/// The type, if there is a borrow in it that does not live for ever.
pub(super) fn borrowing(ty: &Type) -> Option<&Type> {
    let mut search = Borrows::default();
    search.visit_type(ty);
    search.found.then_some(ty)
}

#[derive(Default)]
struct Borrows {
    found: bool,
}

impl<'ast> Visit<'ast> for Borrows {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        self.found |= reference.lifetime.is_none();
        visit::visit_type_reference(self, reference);
    }

    // That of a reference, or of a type: `Cow<'_, str>`.
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.found |= lifetime.ident != "static";
    }

    // Those of `for<'a>` are no borrow of anything.
    fn visit_bound_lifetimes(&mut self, _: &'ast BoundLifetimes) {}

    // What a function takes and returns is no part of the value: `fn(&str) -> usize`.
    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    // The same of `Box<dyn Fn(&str) -> usize>`.
    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}
}

/// Whether there is a borrow in `ty` that lives for ever: `&'static str`, `Token<'static>`.
///
/// serde reads such a value only from data that lives for ever, which the compiler
/// finds out too late to choose another way. A `Cow` it reads from any.
pub(crate) fn has_static_borrow(ty: &Type) -> bool {
    #[derive(Default)]
    struct Search(bool);

    impl<'ast> Visit<'ast> for Search {
        fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
            self.0 |= lifetime.ident == "static";
        }

        fn visit_path_segment(&mut self, segment: &'ast PathSegment) {
            let before = self.0;
            visit::visit_path_segment(self, segment);
            if segment.ident == "Cow" {
                self.0 = before;
            }
        }

        // What a `dyn Trait + 'static` borrows is nothing.
        fn visit_type_trait_object(&mut self, _: &'ast TypeTraitObject) {}

        fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}
    }

    let mut search = Search::default();
    search.visit_type(ty);
    search.0
}

/// The first `impl Trait` in `ty`.
pub(super) fn impl_trait(ty: &Type) -> Option<&TypeImplTrait> {
    #[derive(Default)]
    struct Search<'a>(Option<&'a TypeImplTrait>);

    impl<'ast> Visit<'ast> for Search<'ast> {
        fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
            self.0.get_or_insert(ty);
        }
    }

    let mut search = Search::default();
    search.visit_type(ty);
    search.0
}

/// The first path in `ty` that `is_it`.
pub(super) fn path<'a>(ty: &'a Type, is_it: &dyn Fn(&Path) -> bool) -> Option<&'a Path> {
    struct Search<'a, 'b> {
        is_it: &'b dyn Fn(&Path) -> bool,
        found: Option<&'a Path>,
    }

    impl<'ast> Visit<'ast> for Search<'ast, '_> {
        fn visit_path(&mut self, path: &'ast Path) {
            if (self.is_it)(path) {
                self.found.get_or_insert(path);
            }
            visit::visit_path(self, path);
        }
    }

    let mut search = Search { is_it, found: None };
    search.visit_type(ty);
    search.found
}

/// What to take instead of a type with a borrow inside.
pub(super) fn owned_text(ty: &Type) -> String {
    let owned = text(&owned(ty));
    let ty = text(ty);
    if owned == ty {
        format!("a task owns its arguments, and `{ty}` borrows; take an owned type")
    } else {
        format!("a task owns its arguments; take `{owned}` instead of `{ty}`")
    }
}

/// What to return instead of a type that borrows.
pub(super) fn returned_text(ty: &Type) -> String {
    let mut owned = ty.clone();
    Owning.visit_type_mut(&mut owned);
    let (owned, ty) = (text(&owned), text(ty));
    if owned == ty {
        format!("a task owns its result, and `{ty}` borrows; return an owned value")
    } else {
        format!("a task owns its result; return `{owned}` instead of `{ty}`")
    }
}

/// The type, owning what it borrows inside; a reference on its outside stays.
fn owned(ty: &Type) -> Type {
    let mut ty = ty.clone();
    match &mut ty {
        Type::Reference(reference) => Owning.visit_type_mut(&mut reference.elem),
        other => Owning.visit_type_mut(other),
    }
    ty
}

/// Replaces references by what they borrow from.
struct Owning;

impl VisitMut for Owning {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        visit_mut::visit_type_mut(self, ty);
        if let Type::Reference(reference) = ty {
            *ty = match &*reference.elem {
                Type::Slice(slice) => {
                    let element = &slice.elem;
                    parse_quote!(Vec<#element>)
                }
                Type::Path(path) if path.path.is_ident("str") => parse_quote!(String),
                Type::Path(path) if path.path.is_ident("Path") => parse_quote!(PathBuf),
                other => other.clone(),
            };
        }
    }

    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {
    }
}
