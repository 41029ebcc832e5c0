//! The cases under a compiler whose words are not pinned: refused all the same, where they were and
//! for our reasons.
//!
//! All cases are the programs of one package, checked at once when the first test asks:
//!
//! ```text
//!   fail/topic/case.rs ---> program `topic-case` ---> cargo check ---> its errors
//!   fail/topic/case.stderr ------------------------------------------> those expected
//! ```

use std::{
    collections::HashMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use serde_json::Value;

use crate::text::{Refusal, plain, refusals};

/// What the compiler in use has said of each case, by the case's name: `topic-case`.
static SAID: LazyLock<HashMap<String, String>> = LazyLock::new(check_all);

/// What our crates may say, without what stands between backticks.
static OURS: LazyLock<String> = LazyLock::new(|| {
    let folders = ["../macros/src", "../runtime/src"].map(|folder| package().join(folder));
    let mut text = String::new();
    folders
        .iter()
        .for_each(|folder| read_sources(folder, &mut text));
    // A text that goes on in the next line of its source.
    let joined: String = text.split("\\\n").map(str::trim_start).collect();
    joined.lines().map(plain).collect::<Vec<_>>().join("\n")
});

/// The cases whose error newer compilers show at a method, and the pinned one at its type argument.
const OTHER_COLUMN: &[&str] = &["future/map_into_plain_values"];

/// Fails unless each case of the topic gets the errors it is to get.
pub(crate) fn assert_refused(topic: &str) {
    let cases = cases(topic);
    let wrong: Vec<String> = cases.iter().filter_map(|case| amiss(topic, case)).collect();

    assert!(!cases.is_empty(), "there are cases in fail/{topic}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is wrong with a case, if anything is.
fn amiss(topic: &str, case: &str) -> Option<String> {
    let said = SAID.get(&format!("{topic}-{case}"));
    let said = said.map_or("", String::as_str);
    let mut found = refusals(said);
    let mut expected = expected(topic, case);
    if OTHER_COLUMN.contains(&&*format!("{topic}/{case}")) {
        let both = found.iter_mut().chain(&mut expected);
        both.for_each(Refusal::forget_column);
    }
    let lacking = expected
        .iter()
        .find_map(|expected| take(&mut found, expected).err());
    let excess = || Some(format!("also gets `{}`", found.first()?.headline));
    let what = lacking.or_else(excess)?;
    Some(format!("fail/{topic}/{case}.rs {what}; it got:\n{said}"))
}

/// The errors that a case is to get.
fn expected(topic: &str, case: &str) -> Vec<Refusal> {
    let file = package().join(format!("fail/{topic}/{case}.stderr"));
    refusals(&fs::read_to_string(file).expect("a case has its text beside it"))
}

/// Takes the expected error out of those found; or says how the likeliest differs.
fn take(found: &mut Vec<Refusal>, expected: &Refusal) -> Result<(), String> {
    let fits = |refusal: &Refusal| refusal.fits(expected, &OURS);
    if let Some(place) = found.iter().position(|refusal| fits(refusal).is_ok()) {
        found.remove(place);
        return Ok(());
    }
    let differs = found.iter().find_map(|refusal| fits(refusal).err());
    Err(differs.unwrap_or_else(|| format!("lacks `{}`", expected.headline)))
}

/// The folders of `fail`.
pub(crate) fn topics() -> Vec<String> {
    names(&package().join("fail"), None)
}

fn cases(topic: &str) -> Vec<String> {
    names(&package().join("fail").join(topic), Some("rs"))
}

/// The names in a folder that end so, without that end.
fn names(folder: &Path, extension: Option<&str>) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    let fitting = paths.filter(|path| path.extension().and_then(|end| end.to_str()) == extension);
    let names = fitting.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Has cargo check all cases; what the compiler printed of each.
fn check_all() -> HashMap<String, String> {
    let project = target().join("tests").join("elsewhere");
    fs::create_dir_all(&project).expect("the build folder can be written to");
    fs::write(project.join("Cargo.toml"), manifest()).expect("the folder is there");
    // The versions that this build has; without such a file cargo chooses.
    let _ = fs::copy(package().join("../Cargo.lock"), project.join("Cargo.lock"));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut check = Command::new(cargo);
    check
        .current_dir(&project)
        .env_remove("RUSTFLAGS")
        .env("CARGO_TARGET_DIR", project.join("target"));
    check.args([
        "check",
        "--bins",
        "--keep-going",
        "--quiet",
        "--message-format=json",
    ]);
    check.args([
        "--offline",
        "--config",
        "build.rustflags=[\"--diagnostic-width=140\"]",
    ]);
    let output = check.output().expect("cargo runs");
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut said: HashMap<String, String> = HashMap::new();
    for (case, text) in messages.lines().filter_map(message) {
        said.entry(case).or_default().push_str(&text);
    }
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(!said.is_empty(), "cargo checks the cases: {complaints}");
    said
}

/// Which program a message of cargo's is of, and the compiler's text in it.
fn message(line: &str) -> Option<(String, String)> {
    let message: Value = serde_json::from_str(line).ok()?;
    let program = message["target"]["name"].as_str()?;
    let text = message["message"]["rendered"].as_str()?;
    let has_place = !message["message"]["spans"].as_array()?.is_empty();
    has_place.then(|| (program.to_owned(), text.to_owned()))
}

/// A package of all cases.
fn manifest() -> String {
    let runtime = package().join("../runtime");
    let mut text = format!(
        "[package]\nname = \"elsewhere\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nconcurrent-futures.path = {runtime:?}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n"
    );
    for topic in topics() {
        for case in cases(&topic) {
            let file = package().join(format!("fail/{topic}/{case}.rs"));
            let _ = write!(
                text,
                "\n[[bin]]\nname = \"{topic}-{case}\"\npath = {file:?}\n"
            );
        }
    }
    text
}

fn read_sources(folder: &Path, text: &mut String) {
    let entries = fs::read_dir(folder).expect("our sources are there");
    for path in entries.map(|entry| entry.expect("it can be read").path()) {
        if path.is_dir() {
            read_sources(&path, text);
        } else {
            text.push_str(&fs::read_to_string(&path).expect("sources are text"));
        }
    }
}

/// The build folder of this test: its program lies in `debug/deps` there.
fn target() -> PathBuf {
    let program = std::env::current_exe().expect("this program has a file");
    let folder = program
        .ancestors()
        .nth(3)
        .expect("it lies in a build folder");
    folder.to_owned()
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_sentences_that_are_ours_are_known_in_a_text_of_the_compiler() {
    let expected = expected("portable", "open_file");

    let sentences = expected[0].sentences(&OURS);

    let ours = [
        "`_` cannot cross a process boundary",
        "`_` stays in this process",
        "derive `_` and `_` for it, pass what it is made from (a path instead of an open file), or \
         use an executor on threads",
    ];
    assert!(sentences.iter().eq(&ours), "{sentences:?}");
}
