//! Criterion benches, one file a hot path

pub mod gazetteer_names;
pub mod prose;
