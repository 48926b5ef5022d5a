//! Every bundled plugin obeys the laws of annotators, linked in and loaded as a shared library. Layers that a plugin
//! reads are given by the others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

macro_rules! conformance {
    ($($name:ident: $plugin:expr, $library:literal;)*) => {
        $(mod $name {
            standoff_testkit::conformance!($plugin, $library);
        })*
    };
}

conformance! {
    tokenizer: standoff::tokenizer::Tokenizer, "standoff_tokenizer";
    gazetteer: standoff::gazetteer::Gazetteer, "standoff_gazetteer";
    date: standoff::date::DatePlugin, "standoff_date";
    names: standoff::names::NamesPlugin, "standoff_names";
    relation: standoff::relation::RelationPlugin, "standoff_relation";
    moody: moody_plugin::Moody, "moody_plugin";
}

/// It does nothing without settings, so that of the laws this one alone is for it.
#[test]
fn the_worked_example_of_the_plugin_process_holds() {
    standoff_testkit::laws::worked_example(&standoff::process::Process);
}
