//! Compiles the bundled lists: `cargo run -p standoff-gazetteer --example compile` writes `data/bundled.sgz`.

use std::path::Path;

use standoff_core::Error;

fn main() -> Result<(), Error> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let compiled = standoff_gazetteer::compile_bundled(&data)?;
    std::fs::write(data.join("bundled.sgz"), compiled)?;
    Ok(())
}
