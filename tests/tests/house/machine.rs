//! What no committed text says: the host of a package registry, or a path of one machine.
//!
//! Registries are the business of each machine's cargo, and paths are made at run time. The
//! forbidden words are glued together here, or this file would be the first one found.

const HOSTS: &[&str] = &[
    concat!("crates", ".io"),
    concat!("registry", ".npmjs"),
    concat!("py", "pi.org"),
    concat!("python", "hosted.org"),
    concat!("proxy", ".golang.org"),
];

const FOLDERS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/t", "mp/"),
    concat!("/ro", "ot/"),
];

/// What cargo writes is not ours.
const WRITTEN_BY_TOOLS: &[&str] = &["Cargo.lock"];

/// The lines of a file that fit one machine only.
pub(crate) fn of_one_machine(path: &str, text: &str) -> Vec<String> {
    if WRITTEN_BY_TOOLS.contains(&path) {
        return Vec::new();
    }
    let lines = text.lines().zip(1..);
    lines
        .filter_map(|(line, number)| Some(format!("{path}:{number}: {}", forbidden(line)?)))
        .collect()
}

fn forbidden(line: &str) -> Option<String> {
    let host = HOSTS.iter().find(|host| line.contains(**host));
    let folder = FOLDERS.iter().find(|folder| names_folder(line, folder));
    let host = host
        .map(|host| format!("`{host}` is a registry's host; leave it to cargo's configuration"));
    host.or_else(|| {
        folder
            .map(|folder| format!("`{folder}` is a folder of one machine; ask for it at run time"))
    })
}

/// Whether the line holds the folder at the start of a path: `a/b/c` does not hold `/b/`.
fn names_folder(line: &str, folder: &str) -> bool {
    let is_inside = |before: char| {
        before.is_alphanumeric() || matches!(before, '_' | '.' | '-' | '}' | ')' | ']' | '*')
    };
    line.match_indices(folder)
        .any(|(at, _)| !line[..at].ends_with(is_inside))
}

#[test]
fn a_registry_and_a_folder_of_one_machine_are_found() {
    let (host, folder) = (HOSTS[0], FOLDERS[0]);
    let text = format!("fine\nurl = \"https://static.{host}/a\"\ncd {folder}a\n\"{folder}\"\n");

    let found = of_one_machine("a.md", &text);

    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("a.md:2: "));
    assert!(found[1].starts_with("a.md:3: "));
}

#[test]
fn a_folder_inside_a_path_and_a_lock_file_are_fine() {
    let inside = format!("see target{}x and ${{TARGET}}{}y", FOLDERS[1], FOLDERS[0]);

    assert_eq!(of_one_machine("a.md", &inside), [""; 0]);
    assert_eq!(of_one_machine("Cargo.lock", HOSTS[0]), [""; 0]);
}
