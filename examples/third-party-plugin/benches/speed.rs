//! How fast it is: `cargo bench`.

use standoff_names as _;
use standoff_tokenizer as _;

standoff_testkit::bench!(quotes::Quotes);
