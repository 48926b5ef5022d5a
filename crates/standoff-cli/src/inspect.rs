//! `standoff plugin inspect`: what a shared library says of itself.

use std::fmt::Write;
use std::path::Path;

use indicatif::HumanBytes;
use serde_json::{Value as Json, json};
use standoff::{AnyPlugin, Error, FileInfo, Library};

use crate::list::{self, gives, needs};
use crate::settings_page;

/// A page, or JSON. Without `load` nothing of the library runs, and only what the file says is shown.
///
/// # Errors
/// If the library is refused: one sentence that says why.
pub(crate) fn inspect(path: &Path, no_load: bool, json: bool) -> Result<String, Error> {
    // Whatever is wrong with the file is told before any of it runs.
    let info = FileInfo::read(path)?;
    let library = if no_load { None } else { Some(Library::open(path, Some(&[info.digest]))?) };
    if json { as_json(&info, library) } else { page(&info, library) }
}

/// A file that was not refused is of this system's format and for this machine.
fn format() -> &'static str {
    if cfg!(windows) {
        "PE"
    } else if cfg!(target_vendor = "apple") {
        "Mach-O"
    } else {
        "ELF"
    }
}

fn as_json(info: &FileInfo, library: Option<&Library>) -> Result<String, Error> {
    let mut all = json!({
        "path": info.path.display().to_string(),
        "format": format(),
        "architecture": std::env::consts::ARCH,
        "system": std::env::consts::OS,
        "bytes": info.len,
        "sha256": info.digest.to_string().trim_start_matches("sha256:"),
        "contract": format!("{}.{}", info.contract.0, info.contract.1),
        "aborts_on_panic": info.aborts_on_panic,
    });
    if let Some(library) = library {
        all["plugins"] = library.plugins().map(list::describe).collect::<Result<Json, Error>>()?;
    }
    Ok(format!("{all:#}\n"))
}

fn page(info: &FileInfo, library: Option<&Library>) -> Result<String, Error> {
    let mut page = String::new();
    let path = info.path.display().to_string();
    let panics =
        if info.aborts_on_panic { "end the whole program: it was built with panic = \"abort\"" } else { "cost the document, not the run" };
    let _ = writeln!(page, "{path}");
    let _ = writeln!(
        page,
        "  format    {} shared library for {} {}, {}",
        format(),
        std::env::consts::ARCH,
        std::env::consts::OS,
        HumanBytes(info.len)
    );
    let _ = writeln!(page, "  contract  {}.{}", info.contract.0, info.contract.1);
    let _ = writeln!(page, "  digest    {}", info.digest);
    let _ = writeln!(page, "  panics    {panics}");
    let Some(library) = library else {
        page.push_str("\nIt was not loaded, so that its plugins are not known.\n");
        return Ok(page);
    };
    for plugin in library.plugins() {
        describe(plugin, &mut page);
    }
    page.push_str("\nIn a pipeline file\n");
    let _ = writeln!(page, "  plugins = [{{ path = {}, sha256 = \"{}\" }}]", json!(path), &info.digest.to_string()[7..]);
    for plugin in library.plugins() {
        let _ = writeln!(page, "\n  [[annotator]]\n  use = \"{}\"", plugin.manifest().name);
    }
    Ok(page)
}

fn describe(plugin: &dyn AnyPlugin, page: &mut String) {
    let manifest = plugin.manifest();
    let _ = writeln!(page, "\n{} {}\n  {}", manifest.name, manifest.version, manifest.summary);
    if !manifest.languages.is_empty() {
        let _ = writeln!(page, "  languages {}", manifest.languages.join(", "));
    }
    match plugin.layers(&json!({})) {
        Ok(layers) => {
            let _ = writeln!(page, "  needs     {}\n  gives     {}", needs(&layers), gives(&layers));
        }
        // It cannot do without settings, or fails when asked.
        Err(error) => {
            let _ = writeln!(page, "  layers    not without settings: {error}");
        }
    }
    page.push_str("\n  Settings\n");
    let mut settings = String::new();
    settings_page::write(&plugin.settings_schema(), &mut settings);
    for line in settings.lines() {
        let _ = writeln!(page, "  {line}");
    }
}
