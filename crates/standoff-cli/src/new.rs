//! `standoff new`: a plugin or a pipeline to start from.
//!
//! The files in `templates/` are what is written, with names and paths put in: the plugin is a crate of this workspace, so
//! that its tests and benches are built and run with all others.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use standoff::{Error, Registry, vocabulary};

use crate::arguments::Template;

/// A file's path and text.
type File = (&'static str, &'static str);

const PLUGIN: [File; 9] = [
    ("Cargo.toml", include_str!("../templates/plugin/Cargo.toml")),
    ("README.md", include_str!("../templates/plugin/README.md")),
    ("src/lib.rs", include_str!("../templates/plugin/src/lib.rs")),
    ("tests/laws.rs", include_str!("../templates/plugin/tests/laws.rs")),
    ("tests/cases.rs", include_str!("../templates/plugin/tests/cases.rs")),
    ("tests/cases/words.toml", include_str!("../templates/plugin/tests/cases/words.toml")),
    ("benches/speed.rs", include_str!("../templates/plugin/benches/speed.rs")),
    ("pipeline.toml", include_str!("../templates/plugin/pipeline.toml")),
    ("example.txt", include_str!("../templates/plugin/example.txt")),
];

const PIPELINE: [File; 4] = [
    ("pipeline.toml", include_str!("../templates/pipeline/pipeline.toml")),
    ("names.tsv", include_str!("../templates/pipeline/names.tsv")),
    ("facts.rules", include_str!("../templates/pipeline/facts.rules")),
    ("example.txt", include_str!("../templates/pipeline/example.txt")),
];

/// Writes the files, and gives a page that says what to do next.
///
/// # Errors
/// If the name cannot be one, something of that name is there already, or it cannot be written.
pub(crate) fn new(what: &Template) -> Result<String, Error> {
    match what {
        Template::Plugin { name, standoff } => plugin(name, standoff.as_deref()),
        Template::Pipeline { name } => pipeline(name),
    }
}

fn plugin(path: &Path, standoff: Option<&Path>) -> Result<String, Error> {
    let name = name_of(path)?;
    free(name)?;
    let checkout = checkout(standoff)?;
    let snake = name.replace('-', "_");
    let library = format!("{}{snake}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    // As a TOML string has it, with slashes on every system.
    let root = checkout.display().to_string().replace('\\', "/").replace('"', "\\\"");
    let fill = |text: &str| {
        text.replace("../../../../plugins/", &format!("{root}/plugins/"))
            .replace("../../../standoff-", &format!("{root}/crates/standoff-"))
            .replace("libmy_plugin.so", &library)
            .replace("my-plugin", name)
            .replace("my_plugin", &snake)
            .replace("MyPlugin", &pascal(name))
    };
    let mut files: Vec<(&str, String)> = PLUGIN.iter().map(|(file, text)| (*file, fill(text))).collect();
    if let Some((_, manifest)) = files.first_mut() {
        manifest.push_str("\n# A workspace of its own; leave this out to make it part of another.\n[workspace]\n");
    }
    files.push((".gitignore", "target/\n".to_owned()));
    // The versions of other crates that standoff is tested with.
    if let Ok(lock) = fs::read_to_string(checkout.join("Cargo.lock")) {
        files.push(("Cargo.lock", lock));
    }
    write(path, &files)?;
    let mut page = format!("{}: a plugin that works as it is, to be replaced piece by piece\n\n", path.display());
    let _ = writeln!(page, "  cd {}", quoted(path));
    for (command, what) in [
        ("cargo test", "the laws that every annotator obeys, and the cases in tests/cases"),
        ("cargo bench", "how fast it is"),
        ("cargo build --release", "the shared library"),
        ("standoff run pipeline.toml example.txt", "a pipeline that loads it"),
    ] {
        let _ = writeln!(page, "  {command:40} # {what}");
    }
    let _ = writeln!(page, "\nIt depends on the crates in {}; change their paths in Cargo.toml when they move.", checkout.display());
    let guide = checkout.join("docs/write-a-plugin.md");
    if guide.is_file() {
        let _ = writeln!(page, "{} tells how to go on.", guide.display());
    }
    Ok(page)
}

fn pipeline(path: &Path) -> Result<String, Error> {
    let name = name_of(path)?;
    let files: Vec<(&str, String)> = PIPELINE.iter().map(|(file, text)| (*file, text.replace("my-pipeline", name))).collect();
    write(path, &files)?;
    let mut page = format!("{}: a pipeline with a list and rules of its own\n\n", path.display());
    let [pipeline, rules, text] = ["pipeline.toml", "facts.rules", "example.txt"].map(|file| quoted(&path.join(file)));
    let _ = writeln!(page, "  standoff check {pipeline} {rules}   # the plan, and the examples of the rules");
    let _ = writeln!(page, "  standoff run {pipeline} {text}   # a table to read");
    let _ = writeln!(page, "  standoff run {pipeline} {text} -f jsonl   # everything, as JSON Lines");
    Ok(page)
}

/// The name at the end of a path, if it can be one of a plugin and of a crate.
fn name_of(path: &Path) -> Result<&str, Error> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let wrong = |what: &str| Error::settings(format!("`{}` cannot be a name: {what}", path.display()));
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.chars().all(fits) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        let better: String =
            name.chars().map(|c| if c == '_' || c.is_whitespace() { '-' } else { c.to_ascii_lowercase() }).filter(|&c| fits(c)).collect();
        let better = better.trim_matches(|c: char| c == '-' || c.is_ascii_digit());
        let error = wrong("it is made of lower case letters, digits and hyphens, and starts with a letter");
        return Err(if better.is_empty() { error } else { error.help(format!("did you mean `{better}`?")) });
    }
    if name.ends_with('-') || name.contains("--") {
        return Err(wrong("a hyphen stands between letters or digits"));
    }
    if name.len() > 64 {
        return Err(wrong("it has more than 64 characters"));
    }
    Ok(name)
}

/// Whether a plugin, its crate and its layer can be called so.
fn free(name: &str) -> Result<(), Error> {
    // Words of Rust, and crates that a crate of that name would hide.
    const TAKEN: &str = "abstract alloc as async await become box break build const continue core crate do dyn else enum examples \
        extern false final fn for gen if impl in let loop macro match mod move mut override priv proc-macro pub ref return \
        schemars self serde static std struct super test trait true try type typeof union unsafe unsized use virtual where while \
        yield deps incremental";
    let wrong = |what: String| Error::settings(format!("`{name}` cannot be the name of a plugin: {what}"));
    if TAKEN.split_whitespace().any(|taken| taken == name) || name.starts_with("standoff") {
        return Err(wrong("it has a meaning for Rust or for standoff".into()).help(format!("take another, such as `my-{name}`")));
    }
    if Registry::linked()?.names().any(|known| known == name) {
        return Err(wrong("this program has a plugin of that name".into()).help(format!("take another, such as `my-{name}`")));
    }
    if vocabulary().iter().any(|layer| layer.name == name.replace('-', "_")) {
        return Err(wrong("its layer would have the name of a shared one".into()).help(format!("take another, such as `{name}-finder`")));
    }
    Ok(())
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "-_./\\:".contains(c);
    if path.chars().all(plain) { path } else { format!("'{path}'") }
}

fn pascal(name: &str) -> String {
    let capital = |part: &str| part.chars().take(1).flat_map(char::to_uppercase).chain(part.chars().skip(1)).collect::<String>();
    name.split('-').map(capital).collect()
}

/// Where the crates of standoff are: in the checkout that is named, in the one that this program was built from, or in
/// the one that it lies in.
fn checkout(named: Option<&Path>) -> Result<PathBuf, Error> {
    let is_checkout = |path: &Path| path.join("crates/standoff-abi/Cargo.toml").is_file() && path.join("plugins").is_dir();
    if let Some(path) = named {
        let whole = path.canonicalize().map_err(|e| Error::io(format!("{}: cannot be read", path.display())).with_source(e))?;
        return if is_checkout(&whole) {
            Ok(whole)
        } else {
            Err(Error::settings(format!("{}: this is no checkout of standoff's repository", path.display()))
                .help("name the folder that has `crates` and `plugins` in it"))
        };
    }
    let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let around = std::env::current_exe().unwrap_or_default();
    let candidates = [built_from.as_path()].into_iter().chain(around.ancestors());
    candidates.filter_map(|path| path.canonicalize().ok()).find(|path| is_checkout(path)).ok_or_else(|| {
        Error::settings("the crates that a plugin depends on are not where this program was built any more")
            .help("name a checkout of standoff's repository with --standoff PATH")
    })
}

/// Writes files into a new folder. Nothing that is there is touched.
fn write(folder: &Path, files: &[(&str, String)]) -> Result<(), Error> {
    let cannot = |path: &Path, e: io::Error| Error::io(format!("{}: cannot be written", path.display())).with_source(e);
    let taken = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => true,
        Err(error) => return Err(cannot(folder, error)),
    };
    if taken {
        return Err(Error::io(format!("{}: is there already", folder.display())).help("take another name; nothing was written"));
    }
    for (name, text) in files {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|e| cannot(parent, e))?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(|e| cannot(&path, e))?;
        file.write_all(text.as_bytes()).map_err(|e| cannot(&path, e))?;
    }
    Ok(())
}
