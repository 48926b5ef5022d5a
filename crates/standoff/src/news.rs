//! The embedded pipeline: facts from English news, reports and mail.

/// The pipeline file's text. `standoff run` uses it when no pipeline is named.
pub const SOURCE: &str = include_str!("../pipelines/news.toml");

/// Its name in messages.
pub const NAME: &str = "news.toml";
