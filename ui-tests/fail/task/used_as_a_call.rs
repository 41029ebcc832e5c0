use concurrent_futures::prelude::*;

#[task]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

fn main() -> Result<(), TaskError> {
    let pool = ThreadPool::new();
    println!("{}", first_word("one two"));
    first_word::submit(&pool, "one two").result()?;
    for word in first_word::map(&pool, ["one", "two"]) {
        word?;
    }
    let call = first_word { text: "one two".to_owned() };
    pool.submit(call).result()?;
    pool.submit(first_word::new("one two")).result()?;
    first_word::starmap(&pool, [("one",), ("two",)]).into_vec()?;
    Ok(())
}
