//! Whole pipelines under test
