//! Judging: every rule that a function and its options must keep; all errors are reported at once.

mod borrows;
mod options;
mod sends;
mod sizes;

use syn::{Attribute, Generics, Path, Safety, Type, TypeReference, ext::IdentExt};

use crate::{
    args::Arg,
    function::{self, MaybeItemFn},
    options::Options,
    report::Report,
    signature::{self, Parameter},
    task::Task,
};

pub(crate) use borrows::has_static_borrow;
pub(crate) use sends::{is_plain, stays_on_its_thread};

/// Judges the options of `#[task]`.
pub(crate) fn options(report: &mut Report, args: Vec<Arg>) -> Options {
    options::of_task(report, args)
}

/// Judges whether a function can be a task.
pub(crate) fn task(report: &mut Report, task: &Task<'_>) {
    let (function, signature) = (task.function, &task.signature);
    let written = &function.sig;
    report.error_if(
        written.asyncness.as_ref(),
        "a task is an ordinary function; block inside, or await its future",
    );
    report.error_if(
        Some(&written.safety).filter(|safety| matches!(safety, Safety::Unsafe(_))),
        "a task is called by the library, which cannot keep the promises of an `unsafe` function; \
         wrap the call in a safe one",
    );
    report.error_if(
        generic(&written.generics),
        "a task is one function, without generics; make a task for each type you need",
    );
    report.error_if(
        written.variadic.as_ref(),
        "a task has a fixed number of parameters; take a `Vec`",
    );
    report.error_if(
        signature.receiver,
        "a task is a free function; take the value as a parameter",
    );
    report.error_if(
        function.attrs.iter().find(|attr| function::is_task(attr)),
        "a function becomes a task once; remove the second attribute",
    );
    report.error_if(
        function.is_without_body().then_some(&function.body),
        "a task has a body; put `#[task]` on a function that stands by itself",
    );
    for parameter in &signature.parameters {
        check_parameter(report, parameter);
    }
    if let Some(ty) = signature.output {
        check_output(report, ty);
    }
    check_place(report, task);
    check_name(report, task);
}

/// A task is written beside its function, where there must be room for a type.
fn check_place(report: &mut Report, task: &Task<'_>) {
    let is_told = task.signature.receiver.is_some() || task.function.is_without_body();
    if let Some(outer) = task.surroundings.outer.filter(|_| !is_told) {
        report.error_if(
            Some(&task.function.sig.ident),
            format!("a task is a free function; move it out of the `{outer}`"),
        );
    }
}

/// The type and const parameters, if there are any; lifetimes do no harm.
fn generic(generics: &Generics) -> Option<&impl quote::ToTokens> {
    let parameters = &generics.params;
    let is_generic =
        generics.type_params().next().is_some() || generics.const_params().next().is_some();
    is_generic.then_some(parameters)
}

fn check_parameter(report: &mut Report, parameter: &Parameter<'_>) {
    let attrs = &parameter.written.attrs;
    report.error_if(
        attrs.iter().find(|attr| attr.path().is_ident("cfg")),
        "a task takes the same arguments in every build; put `#[cfg]` on the whole function",
    );
    match parameter.borrowed() {
        None => check_owned(report, parameter.ty),
        Some(reference) => check_borrowed(report, reference),
    }
}

fn check_owned(report: &mut Report, ty: &Type) {
    report.error_if(
        borrows::impl_trait(ty),
        "a task's parameter has one type; name it",
    );
    report.error_if(borrows::borrowing(ty), borrows::owned_text(ty));
}

fn check_borrowed(report: &mut Report, reference: &TypeReference) {
    let inner = signature::bare(&reference.elem);
    if reference.mutability.is_some() {
        report.error_if(
            Some(reference),
            "a task owns its arguments; take the value, and return it changed",
        );
    } else if let Type::TraitObject(object) = inner {
        let bounds = signature::text(object);
        report.error_if(
            Some(reference),
            format!("a call cannot own what `&{bounds}` borrows; take `Box<{bounds} + Send>`"),
        );
    } else if borrows::borrowing(inner).is_some() {
        let whole = Type::Reference(reference.clone());
        report.error_if(Some(reference), borrows::owned_text(&whole));
    } else {
        report.error_if(
            borrows::impl_trait(inner),
            "a task's parameter has one type; name it",
        );
    }
}

fn check_output(report: &mut Report, ty: &Type) {
    report.error_if(
        borrows::impl_trait(ty),
        "a task's result has one type; name it",
    );
    report.error_if(
        Some(ty).filter(|ty| matches!(ty, Type::Never(_))),
        "a task that never returns has no result; end it when `should_stop()` says so",
    );
    report.error_if(borrows::borrowing(ty), borrows::returned_text(ty));
}

/// Whether the parameters of a task can be the fields of its calls.
pub(crate) fn are_fields(task: &Task<'_>) -> bool {
    let mut report = Report::default();
    for parameter in &task.signature.parameters {
        check_parameter(&mut report, parameter);
    }
    report.finish().is_none() && generic(&task.function.sig.generics).is_none()
}

/// Whether a task can return this.
pub(crate) fn is_output(ty: &Type) -> bool {
    let mut report = Report::default();
    check_output(&mut report, ty);
    report.finish().is_none()
}

/// Whether the task's type hides nothing that is used there.
pub(crate) fn is_name_free(task: &Task<'_>) -> bool {
    let mut report = Report::default();
    check_name(&mut report, task);
    report.finish().is_none()
}

/// The types that every program names without a path.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize", "f32", "f64",
];

/// The task's type stands beside the function, and must hide nothing that is used there.
fn check_name(report: &mut Report, task: &Task<'_>) {
    let (name, signature) = (task.name(), &task.signature);
    let text = name.unraw().to_string();
    let mut namesakes = task.surroundings.namesakes.iter();
    if let Some((kind, _)) = namesakes.find(|(_, namesake)| *name == namesake) {
        report.error_if(
            Some(name),
            format!(
                "the task's type would have the name of the {kind} `{text}`; \
                 name it with `#[task(wrapper = …)]`"
            ),
        );
        return;
    }
    report.error_if(
        PRIMITIVES.contains(&&*text).then_some(name),
        format!(
            "the task's type would hide the type `{text}`; name it with `#[task(wrapper = …)]`"
        ),
    );
    let types = signature.parameters.iter().map(|parameter| parameter.ty);
    let hidden = |path: &Path| {
        let is_ours = path.leading_colon.is_none() && path.segments.len() > 1;
        is_ours && path.segments[0].ident == *name
    };
    for ty in types.chain(signature.output) {
        report.error_if(
            borrows::path(ty, &hidden),
            format!(
                "the task's type hides what `{text}::` names here; name it with `#[task(wrapper = …)]`"
            ),
        );
    }
}

/// Judges whether `function` can be the entry of a program, and the options of `#[main]`: the path
/// of the library, if one is given.
pub(crate) fn main(report: &mut Report, args: Vec<Arg>, function: &MaybeItemFn) -> Option<Path> {
    let library = options::of_main(report, args);
    let signature = &function.sig;
    if let Some(below) = function.attrs.iter().find(|attr| is_runtime(attr)) {
        let path = signature::text(below.path());
        report.error_if(
            Some(below),
            format!(
                "a process becomes a worker before a runtime starts; \
                 put `#[{path}]` first, and `#[concurrent_futures::main]` below it"
            ),
        );
    } else {
        report.error_if(
            signature.asyncness.as_ref(),
            "`main` is an ordinary function here; put the attribute of an async runtime, such as \
             `#[tokio::main]`, above this one",
        );
    }
    report.error_if(
        (signature.ident != "main").then_some(&signature.ident),
        "only `main` can carry this attribute; elsewhere call `concurrent_futures::init()`",
    );
    report.error_if(
        (!signature.inputs.is_empty()).then_some(&signature.inputs),
        "`main` has no parameters; read `std::env::args()` inside",
    );
    library
}

/// Whether an attribute is that of an async runtime: `#[tokio::main]`, with or without options.
pub(crate) fn is_runtime(attr: &Attribute) -> bool {
    let segments = &attr.path().segments;
    segments.len() > 1 && segments.last().is_some_and(|last| last.ident == "main")
}
