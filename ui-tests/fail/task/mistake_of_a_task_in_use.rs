use concurrent_futures::prelude::*;

#[task]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

fn main() -> Result<(), TaskError> {
    println!("{}", first_word("one two"));
    first_word::submit(&Inline, "one two").result()?;
    for word in first_word::map(&Inline, ["one", "two"]) {
        word?;
    }
    Ok(())
}
