//! Guessing: which type is not `Send`, so that the compiler's error can stand there.

use syn::{
    Path, Type, TypeParamBound, TypePtr, TypeTraitObject,
    visit::{self, Visit},
};

use super::PRIMITIVES;

/// Whether a type is written as one that stays on its thread: with an `Rc` inside, a pointer, or a
/// trait object that is not said to be `Send`.
pub(crate) fn stays_on_its_thread(ty: &Type) -> bool {
    #[derive(Default)]
    struct Search(bool);

    impl<'ast> Visit<'ast> for Search {
        fn visit_path(&mut self, path: &'ast Path) {
            self.0 |= path.segments.last().is_some_and(|last| last.ident == "Rc");
            visit::visit_path(self, path);
        }

        fn visit_type_ptr(&mut self, _: &'ast TypePtr) {
            self.0 = true;
        }

        fn visit_type_trait_object(&mut self, object: &'ast TypeTraitObject) {
            self.0 |= !object.bounds.iter().any(is_send);
        }
    }

    let mut search = Search::default();
    search.visit_type(ty);
    search.0
}

fn is_send(bound: &TypeParamBound) -> bool {
    match bound {
        TypeParamBound::Trait(bound) => bound
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Send"),
        _ => false,
    }
}

/// Whether a type is a number, a text, or a borrow, which can be sent or are refused elsewhere.
pub(crate) fn is_plain(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            name == "String" || PRIMITIVES.contains(&&*name)
        }),
        _ => matches!(ty, Type::Reference(reference) if is_plain(&reference.elem)),
    }
}
