//! Submits many calls and takes each result as soon as it is there.
//!
//! The lesson: `as_completed` gives the futures back in the order they
//! finish. Pair each future with a key, here the file's path, and you always
//! know which one you hold. A call that fails does not stop the others.
//!
//! ```sh
//! cargo run --release --example submit_as_completed
//! EXECUTOR=processes cargo run --release --example submit_as_completed
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fs, io};

use concurrent_futures::prelude::*;

/// Hashing each file often makes a long file take longer than a short one.
const ROUNDS: u32 = 3000;

/// Hashes a file (FNV-1a).
#[task]
fn hash_file(path: &Path) -> Result<u64, PortableError> {
    let bytes = fs::read(path)?;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for _ in 0..ROUNDS {
        for byte in &bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(hash)
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = Pool::from_env("EXECUTOR", "threads")?;
    let mut files = files_of_this_folder()?;
    files.push(PathBuf::from("no-such-file.rs"));

    let calls = files
        .iter()
        .map(|path| (path, hash_file::submit(&pool, path)));
    for (path, future) in as_completed(calls) {
        let name = path.file_name().unwrap_or_default().display();
        match future.try_result() {
            Ok(hash) => println!("{hash:016x}  {name}"),
            Err(failure) => println!("{:16}  {name}: {failure}", "failed"),
        }
    }
    Ok(())
}

/// The examples themselves, the longest first, so that it is not the first
/// to finish.
fn files_of_this_folder() -> io::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_file() {
            files.push((about.len(), entry.path()));
        }
    }
    files.sort();
    Ok(files.into_iter().rev().map(|(_, path)| path).collect())
}
