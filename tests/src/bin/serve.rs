//! A bundled plugin as a program of its own: `serve NAME`, for the tests of the process form.

use standoff::{AnyPlugin, BuildContext, Error};

fn main() -> Result<(), Error> {
    // This links the bundled plugins in.
    let registry = standoff::Registry::linked()?;
    let name = std::env::args().nth(1).unwrap_or_default();
    let plugin: &dyn AnyPlugin = registry.get(&name)?;
    let (stdin, stdout) = (std::io::stdin().lock(), std::io::stdout().lock());
    standoff_abi::process::serve(plugin, &serde_json::json!({}), &BuildContext::default(), stdin, stdout)
}
