//! `standoff gazetteer`: compiles lists of names, and looks into what was compiled.

mod arguments;
mod build;
mod look;

use crate::Failure;
use arguments::Command;
pub(crate) use arguments::Gazetteer;

pub(crate) fn gazetteer(options: &Gazetteer) -> Result<i32, Failure> {
    match &options.command {
        Command::Build(options) => build::build(options),
        Command::Add(options) => build::add(options),
        Command::Merge(options) => build::merge(options),
        Command::Info(options) => look::info(options),
        Command::Lookup(options) => look::lookup(options),
    }
}
