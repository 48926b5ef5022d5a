//! How fast it is: `cargo bench`.

use standoff_tokenizer as _;

standoff_testkit::bench!(my_plugin::MyPlugin);
