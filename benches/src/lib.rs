//! Criterion benches, one file a hot path
