//! Functions of all kinds, and what they take and return.

#![deny(warnings)]

use std::{error::Error, io};

use concurrent_futures::{ReturnWhen, prelude::*};

#[task]
const fn constant(n: u64) -> u64 {
    n
}

#[task]
extern "C" fn foreign(n: u64) -> u64 {
    n
}

#[task]
fn by_pointer(function: fn(&str) -> usize, text: &str) -> usize {
    function(text)
}

#[task]
fn by_closure(function: Box<dyn Fn(&str) -> usize + Send>) -> usize {
    function("text")
}

#[task]
fn pointer() -> fn(&str) -> &str {
    str::trim
}

#[task]
fn unit() {}

#[task]
fn unit_in_words() -> () {}

#[task]
fn aliased(path: &str) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}

#[task]
fn boxed(text: &str) -> Result<u64, Box<dyn Error + Send + Sync>> {
    Ok(text.parse()?)
}

#[task]
fn portable(text: &str) -> Result<u64, PortableError> {
    Ok(text.parse()?)
}

const CONSTANT: u64 = constant(4);

fn main() -> Result<(), TaskError> {
    assert_eq!(constant::submit(&Inline, 4).result()?, CONSTANT);
    assert_eq!(foreign::submit(&Inline, 4).result()?, 4);
    assert_eq!(by_pointer::submit(&Inline, |text| text.len(), "text").result()?, 4);
    assert_eq!(by_closure::submit(&Inline, Box::new(str::len)).result()?, 4);
    assert_eq!(pointer::submit(&Inline).result()?(" a "), "a");
    unit::submit(&Inline).result()?;
    unit_in_words::submit(&Inline).result()?;
    let failed = aliased::submit(&Inline, "no/such/file");
    assert_eq!(wait([failed], ReturnWhen::FirstException, None).done.len(), 1);
    assert!(aliased::failed(&aliased("no/such/file")));
    assert!(boxed::failed(&boxed("x")) && !boxed::failed(&boxed("1")));
    assert!(portable::submit(&Inline, "x").try_result().is_err());
    Ok(())
}
