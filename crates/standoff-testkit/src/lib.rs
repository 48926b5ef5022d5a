//! What a plugin's author tests with.
//!
//! - [`conformance!`]: the laws that every annotator obeys, checked on generated texts, with the plugin linked in and
//!   loaded as a shared library.
//! - [`cases`]: test cases as data, in TOML that a linguist can read.
//! - [`text`]: strategies for proptest that make the texts that annotators trip over.
//! - `bench!`: criterion benches on standard texts, in one line (feature `bench`).
//! - [`Subject`]: a plugin at work on documents that have the layers it needs.
//!
//! ```
//! # mod plugin {
//! #     use standoff_core::*;
//! #     pub struct Shout;
//! #     impl Plugin for Shout {
//! #         type Settings = std::collections::BTreeMap<String, String>;
//! #         fn manifest(&self) -> Manifest {
//! #             Manifest::new("shout", "0.1.0", "Capitals.").example(Example::new("NO way").finds("mention", "NO", &[("type", "SHOUT")]))
//! #         }
//! #         fn layers(&self, _: &Self::Settings) -> Layers { Layers::new().gives::<Mention>() }
//! #         fn build(&self, _: Self::Settings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> { Ok(Box::new(Shout)) }
//! #     }
//! #     impl Annotator for Shout {
//! #         fn annotate(&self, _: &Document, output: &mut Output) -> Result<(), Error> {
//! #             output.layer::<Mention>()?.push(Mention { span: Span::new(0, 2), kind: "SHOUT", ..Mention::default() });
//! #             Ok(())
//! #         }
//! #     }
//! # }
//! # use plugin::Shout;
//! use standoff_testkit::Subject;
//!
//! let subject = Subject::new(&Shout)?;
//! let document = subject.annotated("NO way")?;
//! assert_eq!(document.layer("mention").len(), 1);
//! # Ok::<(), standoff_core::Error>(())
//! ```

#[cfg(feature = "bench")]
pub mod bench;
pub mod cases;
mod giver;
pub mod laws;
mod shared;
mod show;
mod subject;
pub mod text;

pub use shared::shared;
pub use show::contents;
pub use subject::Subject;

/// Checks that a plugin obeys the laws of annotators (see [`laws`]), linked in and loaded as a shared library. A test a
/// law and form; put it into a file of its own below `tests/`.
///
/// ```text
/// standoff_testkit::conformance!(my_plugin::MyPlugin);
/// ```
///
/// The shared library is the one that Cargo builds of the package that the test belongs to. Of another package it is
/// named by its crate: `conformance!(my_plugin::MyPlugin, "my_plugin")`.
#[macro_export]
macro_rules! conformance {
    ($plugin:expr) => {
        $crate::conformance!($plugin, ::core::env!("CARGO_PKG_NAME"));
    };
    ($plugin:expr, $library:expr) => {
        mod linked {
            #[allow(unused_imports)]
            use super::*;
            fn plugin() -> ::std::sync::Arc<dyn $crate::__private::AnyPlugin> {
                ::std::sync::Arc::new($plugin)
            }
            $crate::__laws!(plugin);
        }
        mod shared {
            #[allow(unused_imports)]
            use super::*;
            fn plugin() -> ::std::sync::Arc<dyn $crate::__private::AnyPlugin> {
                $crate::shared($library, &$crate::__private::AnyPlugin::manifest(&$plugin).name)
            }
            $crate::__laws!(plugin);
        }
    };
}

/// A test a law.
#[doc(hidden)]
#[macro_export]
macro_rules! __laws {
    ($plugin:ident) => {
        #[test]
        fn its_manifest_is_complete() {
            $crate::laws::manifest(&*$plugin());
        }
        #[test]
        fn its_worked_example_holds() {
            $crate::laws::worked_example(&*$plugin());
        }
        #[test]
        fn bad_settings_are_errors() {
            $crate::laws::bad_settings(&*$plugin());
        }
        #[test]
        fn any_text_gives_rows_that_fit() {
            $crate::laws::rows_fit(&*$plugin());
        }
        #[test]
        fn the_same_text_gives_the_same_rows() {
            $crate::laws::same_again(&*$plugin());
        }
        #[test]
        fn a_failure_leaves_no_trace() {
            $crate::laws::no_trace(&*$plugin());
        }
        #[test]
        fn time_grows_with_length() {
            $crate::laws::linear_time(&*$plugin());
        }
    };
}

/// Benches a plugin on standard texts: building, and annotating 200 B, 2 kB and 20 kB of news. It is the whole of a file
/// below `benches/`, whose entry in `Cargo.toml` says `harness = false`.
///
/// ```text
/// standoff_testkit::bench!(my_plugin::MyPlugin);
/// ```
#[cfg(feature = "bench")]
#[macro_export]
macro_rules! bench {
    ($plugin:expr) => {
        fn main() {
            $crate::bench::run(&$plugin);
        }
    };
}

/// What the macros refer to. Not part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use standoff_core::AnyPlugin;
}
