//! Judging: every rule that a function must keep, all mistakes told at once.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{FnArg, ItemFn, ReturnType, Safety, Type, spanned::Spanned};

use crate::signature;

/// Collects mistakes, to tell them together.
#[derive(Default)]
struct Report(Option<syn::Error>);

impl Report {
    /// Notes a mistake at `place`, if there is one.
    fn refuse(&mut self, place: Option<impl ToTokens>, text: &str) {
        if let Some(place) = place {
            self.add(syn::Error::new_spanned(place, text));
        }
    }

    fn add(&mut self, mistake: syn::Error) {
        match &mut self.0 {
            Some(mistakes) => mistakes.combine(mistake),
            None => self.0 = Some(mistake),
        }
    }

    fn end(self) -> Result<(), syn::Error> {
        self.0.map_or(Ok(()), Err)
    }
}

/// Whether `function` can be a task.
pub(crate) fn task(args: &TokenStream, function: &ItemFn) -> Result<(), syn::Error> {
    let mut report = Report::default();
    let signature = &function.sig;
    let args = (!args.is_empty()).then_some(args);
    report.refuse(args, "`#[task]` takes no options; write it alone");
    report.refuse(
        signature.asyncness.as_ref(),
        "a task is an ordinary function; block inside, or await its future",
    );
    report.refuse(
        Some(&signature.safety).filter(|safety| matches!(safety, Safety::Unsafe(_))),
        "a task is called by the library, which cannot keep the promises of an `unsafe` function; \
         wrap the call in a safe one",
    );
    report.refuse(
        Some(&signature.generics.params).filter(|params| !params.is_empty()),
        "a task is one function, without generics; make a task for each type you need",
    );
    report.refuse(
        signature.variadic.as_ref(),
        "a task has a fixed number of parameters; take a `Vec`",
    );
    for input in &signature.inputs {
        check_parameter(&mut report, input);
    }
    if let ReturnType::Type(_, ty) = &signature.output {
        check_output(&mut report, ty);
    }
    report.end()
}

fn check_parameter(report: &mut Report, input: &FnArg) {
    match input {
        FnArg::Receiver(receiver) => {
            report.refuse(
                Some(receiver),
                "a task is a free function; take the value as a parameter",
            );
        }
        FnArg::Typed(typed) => {
            if let Err(mistake) = signature::parameter(input) {
                report.add(mistake);
            }
            match &*typed.ty {
                Type::Reference(reference) => {
                    report.refuse(Some(reference), &owned_text(reference))
                }
                ty @ Type::ImplTrait(_) => {
                    report.refuse(Some(ty), "a task's parameter has one type; name it");
                }
                _ => {}
            }
        }
    }
}

/// What to take instead of a reference.
fn owned_text(reference: &syn::TypeReference) -> String {
    let borrowed = reference.to_token_stream().to_string().replace("& ", "&");
    let element = reference.elem.to_token_stream().to_string();
    let owned = match (&*reference.elem, element.as_str()) {
        (_, "str") => "String".to_owned(),
        (_, "Path") => "PathBuf".to_owned(),
        (Type::Slice(slice), _) => format!("Vec<{}>", slice.elem.to_token_stream()),
        _ => element,
    };
    format!("a task owns its arguments; take `{owned}` instead of `{borrowed}`")
}

fn check_output(report: &mut Report, ty: &Type) {
    match ty {
        Type::Reference(_) => {
            report.refuse(Some(ty), "a task owns its result; return an owned value")
        }
        Type::ImplTrait(_) => report.refuse(Some(ty), "a task's result has one type; name it"),
        Type::Never(_) => report.refuse(
            Some(ty),
            "a task that never returns has no result; end it when `should_stop()` says so",
        ),
        _ => {}
    }
}

/// Whether `function` can be the entry of a program.
pub(crate) fn main(args: &TokenStream, function: &ItemFn) -> Result<(), syn::Error> {
    let mut report = Report::default();
    let signature = &function.sig;
    let args = (!args.is_empty()).then_some(args);
    report.refuse(
        args,
        "`#[concurrent_futures::main]` takes no options; write it alone",
    );
    report.refuse(
        signature.asyncness.as_ref(),
        "`main` is an ordinary function here; start an async runtime inside",
    );
    if signature.ident != "main" {
        report.add(syn::Error::new(
            signature.ident.span(),
            "only `main` can carry this attribute; elsewhere call `concurrent_futures::init()`",
        ));
    }
    if !signature.inputs.is_empty() {
        report.add(syn::Error::new(
            signature.inputs.span(),
            "`main` has no parameters; read `std::env::args()` inside",
        ));
    }
    report.end()
}
