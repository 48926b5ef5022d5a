//! Derive macro that declares an annotation layer from a struct
