struct Wrong;

#[concurrent_futures::main]
fn main() -> Result<(), Wrong> {
    Ok(())
}
