//! What the compiler says of an executor whose feature is off: the name of the feature.

use std::{env, fs, path::Path, process::Command};

const MANIFEST: &str = r#"
[package]
name = "left-out"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
concurrent-futures = { path = "RUNTIME", default-features = false }

[[bin]]
name = "processes"
path = "processes.rs"

[[bin]]
name = "stealing"
path = "stealing.rs"
"#;

const PROCESSES: &str = r#"
use concurrent_futures::prelude::*;

fn main() {
    let _ = ProcessPool::new();
}
"#;

const STEALING: &str = r#"
use concurrent_futures::WorkStealingPool;

fn main() {
    let _ = WorkStealingPool::builder();
}
"#;

#[test]
fn an_executor_that_is_left_out_names_its_feature() {
    // given
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("left-out");
    let runtime = package.join("../runtime");
    fs::create_dir_all(&project).unwrap();
    let manifest = MANIFEST.replace("RUNTIME", runtime.to_str().expect("a path of this project"));
    fs::write(project.join("Cargo.toml"), manifest).unwrap();
    fs::write(project.join("processes.rs"), PROCESSES).unwrap();
    fs::write(project.join("stealing.rs"), STEALING).unwrap();
    // The versions that this build has.
    fs::copy(package.join("../Cargo.lock"), project.join("Cargo.lock")).unwrap();

    // when
    let mut check = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    check
        .current_dir(&project)
        .env_remove("RUSTFLAGS")
        .env("CARGO_TARGET_DIR", project.join("target"))
        .args(["check", "--bins", "--keep-going", "--offline", "--quiet"]);
    let said = check.output().unwrap().stderr;
    let said = String::from_utf8_lossy(&said);

    // then
    let errors = said
        .lines()
        .filter(|line| line.starts_with("error["))
        .collect::<Vec<_>>();
    let names = |feature: &str| {
        let said = format!("is in the feature `{feature}` of `concurrent-futures`, which is off");
        errors.iter().filter(|error| error.contains(&said)).count()
    };
    assert_eq!(
        (names("processes"), names("work-stealing")),
        (1, 1),
        "{said}"
    );
    assert_eq!(errors.len(), 2, "{said}");
}
