//! Names of the user's that the written code uses too.

#![deny(warnings)]
#![allow(dead_code, non_camel_case_types)]

use concurrent_futures::task;

struct Result;
struct Option;
struct String;
struct Vec;
struct Some;
struct None;
struct Self_;
trait Send {}
trait Iterator {}
trait IntoIterator {}
trait Task {}
trait Submit {}
mod core {}
mod std {}

#[task]
fn join(texts: &[::std::string::String], with: &str) -> ::std::string::String {
    texts.join(with)
}

#[task]
fn output(entry: u64, self_: u64) -> ::std::result::Result<u64, u64> {
    Ok(entry + self_)
}

fn main() {
    let inline = concurrent_futures::Inline;
    let texts = [::std::string::String::from("a")];
    assert_eq!(join::submit(&inline, &texts, ",").result().unwrap(), "a");
    assert_eq!(output::map(&inline, [1], [2]).into_vec().unwrap(), [Ok(3)]);
}
