//! A cargo workspace of the programs, in the target directory.
//!
//! It is not part of ours, but takes the versions of all that the programs
//! depend on from our lock file: those are downloaded already.

use crate::program::Program;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where the programs stand, and how many functions each has.
pub(crate) struct Workspace {
    folder: PathBuf,
    functions: u64,
}

impl Workspace {
    /// Writes the programs, over those of an earlier run.
    pub(crate) fn write(functions: u64) -> io::Result<Workspace> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile");
        let workspace = Workspace { folder, functions };
        for program in Program::ALL {
            let folder = workspace.folder.join(program.name());
            fs::create_dir_all(folder.join("src"))?;
            fs::write(folder.join("Cargo.toml"), manifest_of(program))?;
            workspace.renew(program)?;
        }
        fs::write(workspace.folder.join("Cargo.toml"), MANIFEST)?;
        fs::copy(LOCK_FILE, workspace.folder.join("Cargo.lock"))?;
        Ok(workspace)
    }

    /// Writes a program again, so that cargo finds it changed.
    pub(crate) fn renew(&self, program: Program) -> io::Result<()> {
        let source = self.folder.join(program.name()).join("src/main.rs");
        fs::write(source, program.text(self.functions))
    }

    /// Where cargo is started.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

const LOCK_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");

const MANIFEST: &str = r#"[workspace]
resolver = "3"
members = ["tasks", "structs", "plain"]
"#;

/// All depend on the same, that nothing but the text differs.
fn manifest_of(program: Program) -> String {
    format!(
        r#"[package]
name = "{}"
version = "0.1.0"
edition = "2024"

[dependencies]
concurrent-futures = {{ path = '{}/../runtime' }}
serde = {{ version = "1", features = ["derive"] }}
"#,
        program.name(),
        env!("CARGO_MANIFEST_DIR"),
    )
}
