//! The host's side: shared libraries, looked at, loaded, and made into plugins.

mod file;
#[allow(unsafe_code, reason = "calls the functions of a library")]
mod foreign;
#[allow(unsafe_code, reason = "loads a library, which runs its constructors")]
mod library;
mod search;

pub use file::{Digest, FileInfo};
pub use library::Library;
pub use search::{search, search_path};
