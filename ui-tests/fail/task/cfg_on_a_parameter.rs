use concurrent_futures::prelude::*;

#[task]
fn load(path: String, #[cfg(unix)] mode: u32) -> String {
    format!("{path} {mode}")
}

fn main() {}
