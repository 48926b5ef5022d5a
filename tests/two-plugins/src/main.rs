//! Lists the plugins that are linked in, and says whether the one entry symbol is there and is that of the contract.

#![allow(clippy::print_stdout, reason = "it is a program")]

// A plugin is linked in where something refers to its crate.
use moody_plugin as _;
use quotes as _;

fn main() {
    for plugin in standoff_core::linked_plugins() {
        println!("{}", plugin.manifest().name);
    }
    println!("{}", standoff_abi::v1::STANDOFF_PLUGIN_V1.header.magic == standoff_abi::v1::MAGIC);
}
