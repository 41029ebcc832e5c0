//! The paths in the code of a crate, and the files that they lead to.
//!
//! A name that a file hands on (`pub use cell::Cell;`) leads to the file that defines it. Paths are
//! found in tokens, and so inside of macros too; methods and fields lead nowhere.

use std::collections::{BTreeSet, HashMap, HashSet};

use proc_macro2::TokenTree;
use syn::{Ident, UseName, UseRename, UseTree, ext::IdentExt};

use crate::source::{Source, is_sign};

pub(crate) type Steps = Vec<String>;

/// The paths of one file.
pub(crate) struct Module {
    /// Of the file: `[]` for the crate's root.
    pub(crate) steps: Steps,
    imports: Vec<Import>,
    uses: Vec<Use>,
    defined: HashSet<String>,
}

struct Import {
    name: String,
    is_public: bool,
    used: Use,
}

/// A path as it stands in the code, in a module of the file.
struct Use {
    path: Steps,
    inside: Steps,
    line: usize,
}

/// A path from the root of the crate, and the line where it stands.
pub(crate) type Found = (Steps, usize);

impl Module {
    pub(crate) fn read(source: &Source) -> Module {
        let steps = steps(&source.path);
        let mut module = Module {
            steps: steps.clone(),
            imports: Vec::new(),
            uses: Vec::new(),
            defined: HashSet::new(),
        };
        module.walk(&tokens(source.code.clone()), &steps);
        module
    }

    fn walk(&mut self, tokens: &[TokenTree], inside: &Steps) {
        let mut at = 0;
        while at < tokens.len() {
            at += match &tokens[at] {
                TokenTree::Ident(word) if word == "use" => self.import(tokens, at, inside),
                TokenTree::Ident(_) => self.word(tokens, at, inside),
                TokenTree::Group(group) => {
                    self.walk(&self::tokens(group.stream()), inside);
                    1
                }
                _ => 1,
            };
        }
    }

    /// A name that is defined, or a path; how many tokens it has.
    fn word(&mut self, tokens: &[TokenTree], at: usize, inside: &Steps) -> usize {
        let keyword = tokens[at].to_string();
        if let Some(TokenTree::Ident(name)) = tokens.get(at + 1)
            && DEFINING.contains(&keyword.as_str())
        {
            let name = name.unraw().to_string();
            self.defined.insert(name.clone());
            if let [_, _, TokenTree::Group(body), ..] = &tokens[at..]
                && keyword == "mod"
            {
                let inner = [inside.as_slice(), &[name]].concat();
                self.walk(&self::tokens(body.stream()), &inner);
                return 3;
            }
            return 2;
        }
        let (path, len) = path(&tokens[at..]);
        let is_field = at > 0 && (is_sign(&tokens[at - 1], '.') || is_sign(&tokens[at - 1], '\''));
        // Alone they are no path: `pub(super)`, `self.state`.
        let is_alone = path.len() == 1 && matches!(keyword.as_str(), "crate" | "self" | "super");
        if !is_field && !is_alone {
            let line = tokens[at].span().start().line;
            self.uses.push(Use {
                path,
                inside: inside.clone(),
                line,
            });
        }
        len
    }

    /// The names of a `use`; how many tokens it has.
    fn import(&mut self, tokens: &[TokenTree], at: usize, inside: &Steps) -> usize {
        let rest = &tokens[at + 1..];
        let Some(len) = rest.iter().position(|token| is_sign(token, ';')) else {
            return 1;
        };
        let tree = rest[..len]
            .iter()
            .skip_while(|token| is_sign(token, ':'))
            .cloned();
        let is_visible =
            |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "pub");
        let is_public = tokens[at.saturating_sub(2)..at].iter().any(is_visible);
        let mut found = Vec::new();
        if let Ok(tree) = syn::parse2(tree.collect()) {
            leaves(&tree, &[], &mut found);
        }
        for (path, name, line) in found {
            let used = Use {
                path,
                inside: inside.clone(),
                line,
            };
            self.imports.push(Import {
                name,
                is_public,
                used,
            });
        }
        len + 2
    }
}

const DEFINING: &[&str] = &[
    "mod", "struct", "enum", "union", "trait", "type", "fn", "const", "static",
];

fn tokens(stream: proc_macro2::TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}

/// The path at the start of `tokens`, and how many of them it has.
fn path(tokens: &[TokenTree]) -> (Steps, usize) {
    let (mut path, mut len) = (Steps::new(), 0);
    while let Some(TokenTree::Ident(word)) = tokens.get(len) {
        path.push(word.unraw().to_string());
        match tokens.get(len + 1..len + 3) {
            Some([one, two]) if is_sign(one, ':') && is_sign(two, ':') => len += 3,
            _ => return (path, len + 1),
        }
    }
    (path, len)
}

/// Adds each path of a `use`, the name that it gives, and its line.
fn leaves(tree: &UseTree, before: &[String], found: &mut Vec<(Steps, String, usize)>) {
    let with = |name: &Ident| {
        let is_self = name == "self" && !before.is_empty();
        let name = (!is_self).then(|| name.unraw().to_string());
        [before, name.as_slice()].concat()
    };
    let (path, name, span) = match tree {
        UseTree::Path(path) => return leaves(&path.tree, &with(&path.ident), found),
        UseTree::Group(group) => {
            let inner = group.items.iter();
            return inner.for_each(|tree| leaves(tree, before, found));
        }
        UseTree::Name(UseName { ident }) if ident == "self" => {
            let name = before.last().cloned().unwrap_or_default();
            (before.to_vec(), name, ident.span())
        }
        UseTree::Name(UseName { ident }) => (with(ident), ident.unraw().to_string(), ident.span()),
        UseTree::Rename(UseRename { ident, rename, .. }) => {
            (with(ident), rename.unraw().to_string(), ident.span())
        }
        UseTree::Glob(glob) => (before.to_vec(), "*".to_owned(), glob.star_token.spans[0]),
    };
    found.push((path, name, span.start().line));
}

/// The module path of a file.
pub(crate) fn steps(path: &str) -> Steps {
    let inside = path.split_once("src/").map_or(path, |(_, inside)| inside);
    let stem = inside.strip_suffix(".rs").unwrap_or(inside);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    let steps = stem.split('/').filter(|step| *step != "lib");
    steps.map(str::to_owned).collect()
}

/// All files of a crate.
pub(crate) struct Crate(HashMap<Steps, Module>);

impl Crate {
    pub(crate) fn read(sources: &[Source]) -> Crate {
        let modules = sources.iter().map(Module::read);
        Crate(
            modules
                .map(|module| (module.steps.clone(), module))
                .collect(),
        )
    }

    /// The parts that a file names by a path from the crate's root, or from above the file.
    pub(crate) fn parts_used(&self, file: &Steps) -> BTreeSet<(usize, String)> {
        let module = &self.0[file];
        let imports = module.imports.iter().map(|import| &import.used);
        let all = imports.chain(&module.uses);
        let upward = all.filter(|used| ["crate", "super"].contains(&used.path[0].as_str()));
        let parts = upward.filter_map(|used| {
            let path = self.absolute(used)?;
            Some((used.line, path.into_iter().next().unwrap_or_default()))
        });
        parts.collect()
    }

    /// The files that a file needs, with the line that says so. To hand a name on is no need.
    pub(crate) fn needs(&self, file: &Steps) -> Vec<Found> {
        let module = &self.0[file];
        let mut needs: Vec<Found> = Vec::new();
        let private = module.imports.iter().filter(|import| !import.is_public);
        for import in private {
            let to = self
                .absolute(&import.used)
                .map(|path| (self.home(&path), path));
            // What a module is imported for, the paths that begin with its name say.
            needs.extend(
                to.filter(|(to, path)| to != path)
                    .map(|(to, _)| (to, import.used.line)),
            );
        }
        for used in &module.uses {
            let path = match self.absolute(used) {
                Some(path) => path,
                None => match self.imported(module, used) {
                    Some(path) => path,
                    None => continue,
                },
            };
            needs.push((self.home(&path), used.line));
        }
        needs.retain(|(to, _)| to != file);
        needs.sort();
        needs.dedup_by(|(after, _), (before, _)| before == after);
        needs
    }

    /// A path from the crate's root; `None` if it does not say where it begins.
    fn absolute(&self, used: &Use) -> Option<Steps> {
        let Use { path, inside, .. } = used;
        let climbed = path.iter().take_while(|step| *step == "super").count();
        match path[0].as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([inside, &path[1..]].concat()),
            "super" => {
                let kept = inside.len().checked_sub(climbed)?;
                Some([&inside[..kept], &path[climbed..]].concat())
            }
            first => {
                let child = [inside.as_slice(), &[first.to_owned()]].concat();
                let is_child = path.len() > 1 && self.0.contains_key(&child);
                is_child.then(|| [inside.as_slice(), path].concat())
            }
        }
    }

    /// A path that begins with an imported name.
    fn imported(&self, module: &Module, used: &Use) -> Option<Steps> {
        let mut named = module
            .imports
            .iter()
            .filter(|import| import.name == used.path[0]);
        let path = named.find_map(|import| self.absolute(&import.used))?;
        Some([&path, &used.path[1..]].concat())
    }

    /// The file where that lies which a path from the crate's root names.
    fn home(&self, path: &[String]) -> Steps {
        self.lead(path, 8)
    }

    fn lead(&self, path: &[String], hops: usize) -> Steps {
        let is_file = |len: &usize| self.0.contains_key(&path[..*len]);
        let len = (0..=path.len()).rev().find(is_file).unwrap_or_default();
        let (file, rest) = path.split_at(len);
        let (Some(module), Some(name)) = (self.0.get(file), rest.first()) else {
            return file.to_vec();
        };
        if module.defined.contains(name) || hops == 0 {
            return file.to_vec();
        }
        let lead_on = |import: &Import, name: &[String]| {
            let path = self.absolute(&import.used)?;
            Some(self.lead(&[&path, name, &rest[1..]].concat(), hops - 1))
        };
        let mut named = module.imports.iter().filter(|import| import.name == *name);
        let mut globs = module.imports.iter().filter(|import| import.name == "*");
        let named = named.find_map(|import| lead_on(import, &[]));
        let defines = |home: &Steps| self.0[home].defined.contains(name);
        let home =
            named.or_else(|| globs.find_map(|glob| lead_on(glob, &rest[..1]).filter(defines)));
        home.unwrap_or_else(|| file.to_vec())
    }
}
