//! Text to stand-off annotations with pipelines of plugins
