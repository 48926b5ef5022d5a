//! Prints so many of the names of the gazetteer's bench, one a line: for `gazetteer_peers.py`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use standoff_benches::gazetteer_names::names;

fn main() -> ExitCode {
    let Some(count) = std::env::args().nth(1).and_then(|n| n.parse().ok()) else {
        let _ = writeln!(io::stderr(), "say how many: gazetteer_names 1000000");
        return ExitCode::from(2);
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match names(count).iter().try_for_each(|name| writeln!(out, "{name}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
