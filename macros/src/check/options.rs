//! The options of `#[task]`.

use std::time::Duration;

use syn::{Expr, ExprLit, ExprUnary, Ident, Lit, LitStr, Path, UnOp};

use crate::{args::Arg, report::Report};

/// What the options ask.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) timeout: Option<Timeout>,
    pub(crate) retries: Option<Expr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) wrapper: Option<Ident>,
    pub(crate) krate: Option<Path>,
}

/// A time limit.
pub(crate) enum Timeout {
    /// Written as a text.
    Text(Duration),
    /// An expression, whose type the compiler checks.
    Expr(Expr),
}

/// Each option, and how it is written.
const EXAMPLES: &[(&str, &str)] = &[
    ("timeout", "timeout = \"5s\""),
    ("retries", "retries = 2"),
    ("name", "name = \"shop.price\""),
    ("wrapper", "wrapper = PriceTask"),
    ("crate", "crate = path::to::concurrent_futures"),
];

pub(super) fn check(report: &mut Report, args: Vec<Arg>) -> Options {
    let mut options = Options::default();
    let mut seen: Vec<String> = Vec::new();
    for Arg { name, value } in args {
        let text = name.to_string();
        let Some((_, example)) = EXAMPLES.iter().find(|(option, _)| *option == text) else {
            report.refuse(Some(&name), unknown(&text));
            continue;
        };
        if seen.contains(&text) {
            report.refuse(Some(&name), format!("`{text}` stands here twice; keep one"));
            continue;
        }
        match value {
            None => report.refuse(
                Some(&name),
                format!("`{text}` needs a value; write `{example}`"),
            ),
            Some(value) => take(report, &mut options, &text, value, example),
        }
        seen.push(text);
    }
    options
}

fn unknown(name: &str) -> String {
    let names: Vec<_> = EXAMPLES
        .iter()
        .map(|(option, _)| format!("`{option}`"))
        .collect();
    let names = names.join(", ");
    format!("`#[task]` has no option `{name}`; there are {names}")
}

fn take(report: &mut Report, options: &mut Options, name: &str, value: Expr, example: &str) {
    match name {
        "timeout" => options.timeout = report.note(timeout(value)),
        "retries" => options.retries = report.note(retries(value, example)),
        "name" => options.name = report.note(stable_name(&value, example)),
        "wrapper" => options.wrapper = report.note(wrapper(&value, example)),
        _ => options.krate = report.note(path(value, example)),
    }
}

fn timeout(value: Expr) -> syn::Result<Timeout> {
    let Expr::Lit(ExprLit { lit, .. }) = &value else {
        return Ok(Timeout::Expr(value));
    };
    let refuse = |text: String| Err(syn::Error::new_spanned(lit, text));
    let Lit::Str(text) = lit else {
        return refuse("a time limit has a unit; write `timeout = \"5s\"`".to_owned());
    };
    match humantime::parse_duration(&text.value()) {
        Ok(Duration::ZERO) => {
            refuse("a time limit of zero ends every call; write a longer one".to_owned())
        }
        Ok(limit) => Ok(Timeout::Text(limit)),
        Err(error) => refuse(format!(
            "this is no time ({error}); write `timeout = \"5s\"`"
        )),
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
