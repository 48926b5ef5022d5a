//! Finding the shared library of a crate that Cargo has just built for a test.

use std::path::PathBuf;
use std::sync::Arc;

use standoff_abi::Library;
use standoff_core::AnyPlugin;

/// The plugin `name` from the shared library of a package, as Cargo built it beside the test that is running.
///
/// # Panics
/// If there is no such library, it is not fit to be loaded, or has no such plugin: the message says what to do.
#[must_use]
#[allow(clippy::panic, reason = "a test is to fail")]
pub fn shared(package: &str, name: &str) -> Arc<dyn AnyPlugin> {
    let file = format!("{}{}{}", std::env::consts::DLL_PREFIX, package.replace('-', "_"), std::env::consts::DLL_SUFFIX);
    let Some(path) = find(&file) else {
        panic!(
            "there is no {file} beside this test\nhelp: say `crate-type = [\"rlib\", \"cdylib\"]` under `[lib]` in the Cargo.toml of \
             `{package}`"
        );
    };
    let library = Library::open(&path, None).unwrap_or_else(|error| panic!("{error}\nhelp: see the error above"));
    let found = library.to_plugins().into_iter().find(|plugin| plugin.manifest().name == name);
    found.unwrap_or_else(|| {
        panic!("{} has no plugin `{name}`\nhelp: register it with `standoff_abi::register!`", path.display());
    })
}

/// Tests lie in `deps`, benches and examples in folders beside it.
fn find(file: &str) -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?;
    let around = folder.parent()?;
    [folder.join(file), around.join("deps").join(file), around.join(file)].into_iter().find(|path| path.is_file())
}
