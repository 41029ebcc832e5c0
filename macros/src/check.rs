//! Judging: every rule that a function and its options must keep, all mistakes told
//! at once.

mod borrows;
mod options;
mod sizes;

use syn::{Attribute, Generics, Path, Safety, Type, TypeReference, ext::IdentExt};

use crate::{
    args::Arg,
    function::Function,
    report::Report,
    signature::{self, Parameter, Signature},
    task::Task,
};

pub(crate) use borrows::{has_static_borrow, text};
pub(crate) use options::{Options, Written};

/// Judges the options of `#[task]`.
pub(crate) fn options(report: &mut Report, args: Vec<Arg>) -> Options {
    options::check(report, args)
}

/// Judges whether `function` can be a task.
pub(crate) fn function(
    report: &mut Report,
    function: &Function,
    signature: &Signature<'_>,
    options: &Options,
) {
    let written = &function.sig;
    report.refuse(
        written.asyncness.as_ref(),
        "a task is an ordinary function; block inside, or await its future",
    );
    report.refuse(
        Some(&written.safety).filter(|safety| matches!(safety, Safety::Unsafe(_))),
        "a task is called by the library, which cannot keep the promises of an `unsafe` function; \
         wrap the call in a safe one",
    );
    report.refuse(
        generic(&written.generics),
        "a task is one function, without generics; make a task for each type you need",
    );
    report.refuse(
        written.variadic.as_ref(),
        "a task has a fixed number of parameters; take a `Vec`",
    );
    report.refuse(
        signature.receiver,
        "a task is a free function; take the value as a parameter",
    );
    report.refuse(
        function.attrs.iter().find(|attr| is_task(attr)),
        "a function becomes a task once; remove the second attribute",
    );
    report.refuse(
        function.is_without_body().then_some(&function.body),
        "a task has a body; put `#[task]` on a function that stands by itself",
    );
    for parameter in &signature.parameters {
        check_parameter(report, parameter);
    }
    if let Some(ty) = signature.output {
        check_output(report, ty);
    }
    check_name(report, function, signature, options);
}

/// The type and const parameters, if there are any; lifetimes do no harm.
fn generic(generics: &Generics) -> Option<&impl quote::ToTokens> {
    let parameters = &generics.params;
    let is_generic =
        generics.type_params().next().is_some() || generics.const_params().next().is_some();
    is_generic.then_some(parameters)
}

/// The function, no longer to become a task by another attribute.
pub(crate) fn without_task(function: &Function) -> Function {
    let mut function = function.clone();
    function.attrs.retain(|attr| !is_task(attr));
    function
}

fn is_task(attr: &Attribute) -> bool {
    let path = attr.path();
    path.segments
        .last()
        .is_some_and(|last| last.ident == "task" && last.arguments.is_none())
        && (path.segments.len() == 1 || path.segments[0].ident == "concurrent_futures")
}

fn check_parameter(report: &mut Report, parameter: &Parameter<'_>) {
    let attrs = &parameter.written.attrs;
    report.refuse(
        attrs.iter().find(|attr| attr.path().is_ident("cfg")),
        "a task takes the same arguments in every build; put `#[cfg]` on the whole function",
    );
    match parameter.borrowed() {
        None => check_owned(report, parameter.ty),
        Some(reference) => check_borrowed(report, reference),
    }
}

fn check_owned(report: &mut Report, ty: &Type) {
    report.refuse(
        borrows::impl_trait(ty),
        "a task's parameter has one type; name it",
    );
    report.refuse(borrows::borrowing(ty), borrows::owned_text(ty));
}

fn check_borrowed(report: &mut Report, reference: &TypeReference) {
    let inner = signature::bare(&reference.elem);
    if reference.mutability.is_some() {
        report.refuse(
            Some(reference),
            "a task owns its arguments; take the value, and return it changed",
        );
    } else if let Type::TraitObject(object) = inner {
        let bounds = borrows::text(object);
        report.refuse(
            Some(reference),
            format!("a call cannot own what `&{bounds}` borrows; take `Box<{bounds} + Send>`"),
        );
    } else if borrows::borrowing(inner).is_some() {
        let whole = Type::Reference(reference.clone());
        report.refuse(Some(reference), borrows::owned_text(&whole));
    } else {
        report.refuse(
            borrows::impl_trait(inner),
            "a task's parameter has one type; name it",
        );
    }
}

fn check_output(report: &mut Report, ty: &Type) {
    report.refuse(
        borrows::impl_trait(ty),
        "a task's result has one type; name it",
    );
    report.refuse(
        Some(ty).filter(|ty| matches!(ty, Type::Never(_))),
        "a task that never returns has no result; end it when `should_stop()` says so",
    );
    report.refuse(borrows::borrowing(ty), borrows::returned_text(ty));
}

/// Whether the parameters of a task can be the fields of its calls.
pub(crate) fn are_fields(task: &Task<'_>) -> bool {
    let mut report = Report::default();
    for parameter in &task.signature.parameters {
        check_parameter(&mut report, parameter);
    }
    report.end().is_none() && generic(&task.function.sig.generics).is_none()
}

/// Whether a task can return this.
pub(crate) fn is_output(ty: &Type) -> bool {
    let mut report = Report::default();
    check_output(&mut report, ty);
    report.end().is_none()
}

/// Whether the task's type hides nothing that is used there.
pub(crate) fn is_name_free(task: &Task<'_>) -> bool {
    let mut report = Report::default();
    check_name(&mut report, task.function, &task.signature, &task.options);
    report.end().is_none()
}

/// The types that every program names without a path.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize", "f32", "f64",
];

/// The task's type stands beside the function, and must hide nothing that is used there.
fn check_name(
    report: &mut Report,
    function: &Function,
    signature: &Signature<'_>,
    options: &Options,
) {
    let name = options.wrapper.as_ref().unwrap_or(&function.sig.ident);
    let text = name.unraw().to_string();
    report.refuse(
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
        report.refuse(
            borrows::path(ty, &hidden),
            format!(
                "the task's type hides what `{text}::` names here; name it with `#[task(wrapper = …)]`"
            ),
        );
    }
}

/// Judges whether `function` can be the entry of a program.
pub(crate) fn main(report: &mut Report, args: &proc_macro2::TokenStream, function: &Function) {
    let signature = &function.sig;
    report.refuse(
        (!args.is_empty()).then_some(args),
        "`#[concurrent_futures::main]` takes no options; write it alone",
    );
    report.refuse(
        signature.asyncness.as_ref(),
        "`main` is an ordinary function here; put the attribute of an async runtime, such as \
         `#[tokio::main]`, above this one",
    );
    report.refuse(
        (signature.ident != "main").then_some(&signature.ident),
        "only `main` can carry this attribute; elsewhere call `concurrent_futures::init()`",
    );
    report.refuse(
        (!signature.inputs.is_empty()).then_some(&signature.inputs),
        "`main` has no parameters; read `std::env::args()` inside",
    );
}
