//! Reading the files of a rule set, and which names each file sees.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::diagnostic::{Place, Sources, nearest_or_list};
use crate::syntax::parser::parse;
use crate::syntax::tree::{Entries, Item, Name, Pattern, Rule, Test};

/// A text of rules to compile.
#[derive(Clone, Debug)]
pub enum RuleSource {
    /// The rules for English news that the crate ships.
    Bundled,
    /// A file.
    File(PathBuf),
    /// A text with the name that faults and rows call it by. Files that it uses are looked up beside that name.
    Text {
        /// The name.
        name: String,
        /// The rules.
        text: String,
    },
}

/// The bundled rules by name, all in one folder.
const BUNDLED: [(&str, &str); 8] = [
    ("en/vocabulary.rules", include_str!("../../data/en/vocabulary.rules")),
    ("en/roles.rules", include_str!("../../data/en/roles.rules")),
    ("en/places.rules", include_str!("../../data/en/places.rules")),
    ("en/talks.rules", include_str!("../../data/en/talks.rules")),
    ("en/events.rules", include_str!("../../data/en/events.rules")),
    ("en/intentions.rules", include_str!("../../data/en/intentions.rules")),
    ("en/statements.rules", include_str!("../../data/en/statements.rules")),
    ("en/organisations.rules", include_str!("../../data/en/organisations.rules")),
];

/// The lists that the bundled rules use.
const LISTS: [(&str, &str); 6] = [
    ("en/auxiliaries.txt", include_str!("../../data/en/auxiliaries.txt")),
    ("en/closed.txt", include_str!("../../data/en/closed.txt")),
    ("en/happenings.txt", include_str!("../../data/en/happenings.txt")),
    ("en/meetings.txt", include_str!("../../data/en/meetings.txt")),
    ("en/offices.txt", include_str!("../../data/en/offices.txt")),
    ("en/verbs.txt", include_str!("../../data/en/verbs.txt")),
];

/// What one file declares.
#[derive(Debug, Default)]
pub(crate) struct FileScope {
    pub(crate) language: Option<Name>,
    pub(crate) uses: Vec<u32>,
    pub(crate) types: HashMap<String, (Name, Vec<Test>, Place)>,
    pub(crate) lists: HashMap<String, (Vec<String>, Place)>,
    pub(crate) macros: HashMap<String, (Vec<Name>, Pattern, Place)>,
    pub(crate) frames: HashMap<String, Place>,
}

/// All files of a rule set, read.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) sources: Sources,
    pub(crate) scopes: Vec<FileScope>,
    /// Every rule with its file and phase, in the order of the files.
    pub(crate) rules: Vec<(u32, u32, Rule)>,
    /// The names of the phases, in the order in which they first come. The first has none.
    pub(crate) phases: Vec<String>,
}

/// Reads all sources and the files that they use.
pub(crate) fn load(sources: &[RuleSource]) -> Loaded {
    let mut loader = Loader { loaded: Loaded { phases: vec![String::new()], ..Loaded::default() }, known: HashMap::new() };
    for source in sources {
        match source {
            RuleSource::Bundled => {
                for (name, text) in BUNDLED {
                    loader.file(Origin::Bundled, PathBuf::from(name), text.to_owned());
                }
            }
            RuleSource::Text { name, text } => {
                loader.file(Origin::Disk, PathBuf::from(name), text.clone());
            }
            RuleSource::File(path) => match fs::read_to_string(path) {
                Ok(text) => {
                    loader.file(Origin::Disk, path.clone(), text);
                }
                Err(error) => {
                    let file = loader.loaded.sources.add(path.display().to_string(), String::new());
                    loader.loaded.scopes.push(FileScope::default());
                    loader.loaded.sources.fault(Place { file, start: 0, end: 0 }, format!("cannot read the file: {error}"), None);
                }
            },
        }
    }
    loader.loaded
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Origin {
    Bundled,
    Disk,
}

struct Loader {
    loaded: Loaded,
    known: HashMap<(Origin, PathBuf), u32>,
}

impl Loader {
    /// Takes on a file, unless it was read before, and gives its number.
    fn file(&mut self, origin: Origin, path: PathBuf, text: String) -> u32 {
        // However a file is named, it is read once: files may use one another in a circle.
        let identity = match origin {
            Origin::Bundled => path.clone(),
            Origin::Disk => fs::canonicalize(&path).unwrap_or_else(|_| path.clone()),
        };
        if let Some(&file) = self.known.get(&(origin, identity.clone())) {
            return file;
        }
        let file = self.loaded.sources.add(path.display().to_string(), text);
        self.known.insert((origin, identity), file);
        self.loaded.scopes.push(FileScope::default());
        let mut phase = 0;
        for item in parse(&mut self.loaded.sources, file) {
            match item {
                Item::Rule(rule) => self.loaded.rules.push((file, phase, rule)),
                Item::Phase(name) => {
                    let phases = &mut self.loaded.phases;
                    let at = phases.iter().position(|known| *known == name.text).unwrap_or_else(|| {
                        phases.push(name.text);
                        phases.len() - 1
                    });
                    phase = u32::try_from(at).unwrap_or(u32::MAX);
                }
                other => self.declare(origin, file, &path, other),
            }
        }
        file
    }

    fn declare(&mut self, origin: Origin, file: u32, path: &Path, item: Item) {
        let at = file as usize;
        match item {
            Item::Language(name) => self.loaded.scopes[at].language = Some(name),
            Item::Use(used) => {
                let target = beside(path, &used.text);
                match read(origin, &target) {
                    Ok(text) => {
                        let number = self.file(origin, target, text);
                        self.loaded.scopes[at].uses.push(number);
                    }
                    Err(error) => self.loaded.sources.fault(used.place, format!("cannot read `{}`: {error}", target.display()), None),
                }
            }
            Item::Type { name, base, tests } => {
                let before = self.loaded.scopes[at].types.insert(name.text.clone(), (base, tests, name.place)).map(|(_, _, place)| place);
                self.twice(&name, before);
            }
            Item::List { name, entries } => {
                let entries = match entries {
                    Entries::Here(texts) => texts.into_iter().map(|text| text.text).collect(),
                    Entries::File(used) => {
                        let target = beside(path, &used.text);
                        match read(origin, &target) {
                            Ok(text) => entries_of(&text),
                            Err(error) => {
                                self.loaded.sources.fault(used.place, format!("cannot read `{}`: {error}", target.display()), None);
                                Vec::new()
                            }
                        }
                    }
                };
                let before = self.loaded.scopes[at].lists.insert(name.text.clone(), (entries, name.place)).map(|(_, place)| place);
                self.twice(&name, before);
            }
            Item::Macro { name, parameters, pattern } => {
                let entry = (parameters, pattern, name.place);
                let before = self.loaded.scopes[at].macros.insert(name.text.clone(), entry).map(|(_, _, place)| place);
                self.twice(&name, before);
            }
            Item::Frame { name } => {
                let before = self.loaded.scopes[at].frames.insert(name.text.clone(), name.place);
                self.twice(&name, before);
            }
            Item::Phase(_) | Item::Rule(_) => {}
        }
    }

    fn twice(&mut self, name: &Name, before: Option<Place>) {
        if let Some(before) = before {
            let (line, _) = self.loaded.sources.line_column(before);
            self.loaded.sources.fault(
                name.place,
                format!("`{}` is declared twice", name.text),
                Some(format!("the first time in line {line}")),
            );
        }
    }
}

/// A path in a file, which is relative to that file's folder.
fn beside(file: &Path, path: &str) -> PathBuf {
    let mut joined = PathBuf::new();
    for part in file.parent().unwrap_or(Path::new("")).join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(joined.components().next_back(), Some(Component::Normal(_))) => {
                joined.pop();
            }
            part => joined.push(part),
        }
    }
    joined
}

fn read(origin: Origin, path: &Path) -> std::io::Result<String> {
    match origin {
        Origin::Disk => fs::read_to_string(path),
        Origin::Bundled => BUNDLED
            .iter()
            .chain(&LISTS)
            .find(|(name, _)| Path::new(name) == path)
            .map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| std::io::Error::new(std::io::ErrorKind::NotFound, "no bundled file has this name")),
    }
}

/// The entries of a list's file: one a line, without empty lines and comments.
fn entries_of(text: &str) -> Vec<String> {
    text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

impl Loaded {
    /// A file's declarations and those of the files that it uses, nearest first.
    fn visible(&self, file: u32) -> Vec<(u32, &FileScope)> {
        let mut seen = HashSet::from([file]);
        let mut queue = VecDeque::from([file]);
        let mut found = Vec::new();
        while let Some(file) = queue.pop_front() {
            if let Some(scope) = self.scopes.get(file as usize) {
                found.push((file, scope));
                queue.extend(scope.uses.iter().copied().filter(|used| seen.insert(*used)));
            }
        }
        found
    }

    /// Looks a name up in the declarations that a file sees; `get` looks in one file's.
    pub(crate) fn find<'l, T>(&'l self, file: u32, get: impl Fn(&'l FileScope) -> Option<T>) -> Option<(u32, T)> {
        self.visible(file).into_iter().find_map(|(file, scope)| get(scope).map(|found| (file, found)))
    }

    /// The help for a name that a file does not see; `names` gives those that one file declares.
    pub(crate) fn help<'l>(&'l self, file: u32, found: &str, kind: &str, names: impl Fn(&'l FileScope) -> Vec<&'l String>) -> String {
        let known: Vec<&str> = self.visible(file).into_iter().flat_map(|(_, scope)| names(scope)).map(String::as_str).collect();
        nearest_or_list(found, kind, known.into_iter())
    }
}
