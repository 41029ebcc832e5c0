//! The rules on the options of `#[task]` and `#[main]`.

use std::time::Duration;

use syn::{Expr, ExprLit, ExprUnary, Ident, Lit, LitStr, Path, UnOp};

use super::sizes;
use crate::{
    args::Arg,
    options::{Options, Written},
    report::Report,
};

/// Each option of `#[task]`, and an example of it.
const OF_TASK: &[(&str, &str)] = &[
    ("timeout", "timeout = \"5s\""),
    ("memory", "memory = \"512MiB\""),
    ("retries", "retries = 2"),
    ("backoff", "backoff = \"100ms\""),
    ("retry_timeouts", "retry_timeouts = true"),
    ("name", "name = \"shop.price\""),
    ("wrapper", "wrapper = PriceTask"),
    CRATE,
];

/// Each option of `#[main]`.
const OF_MAIN: &[(&str, &str)] = &[CRATE];

const CRATE: (&str, &str) = ("crate", "crate = path::to::concurrent_futures");

/// Judges the options of `#[task]`.
pub(super) fn of_task(report: &mut Report, args: Vec<Arg>) -> Options {
    let mut options = Options::default();
    each(
        report,
        args,
        "#[task]",
        OF_TASK,
        |report, name, value, example| {
            take(report, &mut options, name, value, example);
        },
    );
    options
}

/// Judges the options of `#[main]`: the path of the library, if one is given.
pub(super) fn of_main(report: &mut Report, args: Vec<Arg>) -> Option<Path> {
    let (attribute, mut library) = ("#[concurrent_futures::main]", None);
    each(
        report,
        args,
        attribute,
        OF_MAIN,
        |report, _, value, example| {
            library = report.absorb(path(value, example));
        },
    );
    library
}

/// Calls `take` with the name, the value and the example of each option that is known and given
/// once, with a value.
fn each(
    report: &mut Report,
    args: Vec<Arg>,
    attribute: &str,
    known: &[(&str, &str)],
    mut take: impl FnMut(&mut Report, &str, Expr, &str),
) {
    let mut seen: Vec<String> = Vec::new();
    for Arg { name, value } in args {
        let text = name.to_string();
        let Some((_, example)) = known.iter().find(|(option, _)| *option == text) else {
            report.error_if(Some(&name), unknown(attribute, &text, known));
            continue;
        };
        if seen.contains(&text) {
            report.error_if(Some(&name), format!("`{text}` stands here twice; keep one"));
            continue;
        }
        match value {
            None => report.error_if(
                Some(&name),
                format!("`{text}` needs a value; write `{example}`"),
            ),
            Some(value) => take(report, &text, value, example),
        }
        seen.push(text);
    }
}

fn unknown(attribute: &str, name: &str, known: &[(&str, &str)]) -> String {
    let names: Vec<_> = known
        .iter()
        .map(|(option, _)| format!("`{option}`"))
        .collect();
    let are = if names.len() == 1 { "is" } else { "are" };
    let names = names.join(", ");
    format!("`{attribute}` has no option `{name}`; there {are} {names}")
}

fn take(report: &mut Report, options: &mut Options, name: &str, value: Expr, example: &str) {
    match name {
        "timeout" => options.timeout = report.absorb(timeout(&value, example)),
        "memory" => options.memory = report.absorb(memory(&value, example)),
        "retries" => options.retries = report.absorb(retries(value, example)),
        "backoff" => options.backoff = report.absorb(time("a back-off", &value, example)),
        "retry_timeouts" => options.retry_timeouts = report.absorb(yes_or_no(name, value, example)),
        "name" => options.name = report.absorb(stable_name(&value, example)),
        "wrapper" => options.wrapper = report.absorb(wrapper(&value, example)),
        _ => options.krate = report.absorb(path(value, example)),
    }
}

fn timeout(value: &Expr, example: &str) -> syn::Result<Written<Duration>> {
    let what = "a time limit";
    above_zero(what, "longer", time(what, value, example)?, value)
}

fn memory(value: &Expr, example: &str) -> syn::Result<Written<u64>> {
    let what = "a memory limit";
    let size = quantity(what, value, example, |text| {
        sizes::parse(text).map_err(|error| format!("this is no size ({error})"))
    })?;
    above_zero(what, "larger", size, value)
}

fn time(what: &str, value: &Expr, example: &str) -> syn::Result<Written<Duration>> {
    quantity(what, value, example, |text| {
        humantime::parse_duration(text).map_err(|error| format!("this is no time ({error})"))
    })
}

/// A text, which `parse` reads, or an expression that is no literal.
fn quantity<T>(
    what: &str,
    value: &Expr,
    example: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> syn::Result<Written<T>> {
    let Expr::Lit(ExprLit { lit, .. }) = value else {
        return Ok(Written::Expr(value.clone()));
    };
    let read = match lit {
        Lit::Str(text) => parse(&text.value()),
        _ => Err(format!("{what} has a unit")),
    };
    let refuse = |fact| syn::Error::new_spanned(lit, format!("{fact}; write `{example}`"));
    read.map(Written::Text).map_err(refuse)
}

/// A limit that not every call breaks.
fn above_zero<T: Default + PartialEq>(
    what: &str,
    more: &str,
    limit: Written<T>,
    place: &Expr,
) -> syn::Result<Written<T>> {
    match limit {
        Written::Text(text) if text == T::default() => Err(syn::Error::new_spanned(
            place,
            format!("{what} of zero ends every call; write a {more} one"),
        )),
        limit => Ok(limit),
    }
}

fn yes_or_no(name: &str, value: Expr, example: &str) -> syn::Result<Expr> {
    match &value {
        Expr::Lit(ExprLit { lit, .. }) if !matches!(lit, Lit::Bool(_)) => {
            Err(syn::Error::new_spanned(
                lit,
                format!("`{name}` is `true` or `false`; write `{example}`"),
            ))
        }
        _ => Ok(value),
    }
}

fn retries(value: Expr, example: &str) -> syn::Result<Expr> {
    match &value {
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_), ..
        }) => Err(syn::Error::new_spanned(
            &value,
            format!("`retries` is not below zero; write `{example}`"),
        )),
        Expr::Lit(ExprLit { lit, .. }) if !matches!(lit, Lit::Int(_)) => Err(
            syn::Error::new_spanned(lit, format!("`retries` is a number; write `{example}`")),
        ),
        _ => Ok(value),
    }
}

fn stable_name(value: &Expr, example: &str) -> syn::Result<LitStr> {
    let refuse = |text| Err(syn::Error::new_spanned(value, text));
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(name),
            ..
        }) if name.value().is_empty() => refuse(format!(
            "a name has at least one character; write `{example}`"
        )),
        Expr::Lit(ExprLit {
            lit: Lit::Str(name),
            ..
        }) => Ok(name.clone()),
        _ => refuse(format!("`name` is a text in quotes; write `{example}`")),
    }
}

fn wrapper(value: &Expr, example: &str) -> syn::Result<Ident> {
    let name = match value {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    };
    name.cloned().ok_or_else(|| {
        let text = format!("`wrapper` is the name of a type to be made; write `{example}`");
        syn::Error::new_spanned(value, text)
    })
}

fn path(value: Expr, example: &str) -> syn::Result<Path> {
    match value {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path),
        other => Err(syn::Error::new_spanned(
            other,
            format!("`crate` is the path of this library; write `{example}`"),
        )),
    }
}
