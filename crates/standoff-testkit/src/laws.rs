//! The laws that every annotator obeys. [`conformance!`](crate::conformance) makes a test of each; a failure says what was
//! found, and "help: …".
//!
//! `PROPTEST_CASES` sets the number of texts that each law is tried on.

// These functions are tests: they fail by panicking.
#![allow(clippy::panic, reason = "a test is to fail")]

use std::sync::Arc;
use std::time::Duration;

use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use serde_json::{Value as Json, json};
use standoff_abi::contain;
use standoff_core::{Annotator, AnyPlugin, BuildContext, Document, Error, Layers, Output, Provenance, Schema, Span, Task};

use crate::show::{contents_from, row_text, value_text};
use crate::subject::{Subject, run};
use crate::text;

/// How many texts a law is tried on, unless `PROPTEST_CASES` says.
const CASES: u32 = 48;

/// The manifest is complete, and settings have a schema.
///
/// # Panics
/// If the law is broken.
pub fn manifest(plugin: &dyn AnyPlugin) {
    let manifest = plugin.manifest();
    let name = &manifest.name;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    check(!name.is_empty() && name.chars().all(fits), || {
        (format!("its name is `{name}`"), "name it with lower case letters, digits and hyphens")
    });
    check(!manifest.version.is_empty(), || ("it has no version".into(), "write `env!(\"CARGO_PKG_VERSION\")`"));
    check(!manifest.summary.is_empty(), || ("it has no summary".into(), "say in a sentence what it does"));
    check(!manifest.example.text.is_empty() && !manifest.example.finds.is_empty(), || {
        ("it has no worked example".into(), "give the manifest an `Example` with a text and what is found in it")
    });
    let schema = plugin.settings_schema();
    check(schema.is_object(), || (format!("the schema of its settings is {schema}"), "derive `JsonSchema` for the settings"));
    let reserved = ["use", "name", "when", "within"];
    let taken = reserved.iter().find(|key| schema["properties"].get(**key).is_some());
    check(taken.is_none(), || {
        (format!("it has a setting `{}`", taken.unwrap_or(&"")), "rename the setting: the key belongs to the pipeline file")
    });
    check(plugin.manifest() == manifest, || ("its manifest changes from call to call".into(), "make it from constants"));
}

/// The worked example of the manifest holds, with its settings or the default ones.
///
/// # Panics
/// If the law is broken.
pub fn worked_example(plugin: &dyn AnyPlugin) {
    let example = &plugin.manifest().example;
    let Some(subject) = (if example.settings.is_empty() { subject(plugin) } else { Some(with_settings(plugin, &example.settings)) }) else {
        return;
    };
    let mut document = Document::new(example.text.clone()).unwrap_or_else(|e| panic!("{e}"));
    document.meta_mut().date.clone_from(&example.date);
    let mut output = Output::new();
    let done = subject.prepare(&mut document, &mut output).and_then(|()| subject.annotate(&mut document, &mut output));
    if let Err(error) = done {
        broken(&format!("it fails on its worked example: {error}"), "see the error");
    }
    for wanted in &example.finds {
        let rows = document.layer(&wanted.layer);
        let found = rows.iter().any(|row| {
            row.span().map_or("", |span| document.slice(span)) == wanted.covers
                && wanted.attributes.iter().all(|(name, value)| row.get(name).is_some_and(|v| value_text(v) == *value))
        });
        check(found, || {
            let shown: Vec<String> =
                rows.iter().map(|r| format!("  {:?} {}", r.span().map_or("", |s| document.slice(s)), row_text(r))).collect();
            let what = format!(
                "its worked example {:?} has no row of `{}` that covers {:?} with {:?}; the rows are\n{}",
                example.text,
                wanted.layer,
                wanted.covers,
                wanted.attributes,
                shown.join("\n")
            );
            (what, "correct the example or the annotator; layers that it needs come from the plugins that the test is linked with")
        });
    }
}

/// Settings of another form than its own are errors, not panics, and not taken for good ones.
///
/// # Panics
/// If the law is broken.
pub fn bad_settings(plugin: &dyn AnyPlugin) {
    let build = |settings: &Json| -> Result<(), Error> {
        let result = attempt(|| {
            plugin.layers(settings)?;
            plugin.build(settings, &BuildContext::default()).map(drop)
        });
        if let Err(error) = &result
            && error.is_panic()
        {
            broken(&format!("the settings {settings} make it panic ({error})"), "answer with `Error::settings`");
        }
        result
    };
    for settings in [json!(7), json!("text"), json!(true)] {
        check(build(&settings).is_err(), || (format!("it takes {settings} for settings"), "let the settings be a struct"));
    }
    let unknown = json!({"no-such-setting": 1});
    match build(&unknown) {
        Ok(()) => broken("it takes a setting that it does not have", "say `#[serde(deny_unknown_fields)]` on the settings"),
        Err(error) => check(error.is_settings(), || {
            (format!("an unknown setting is not an error of the settings, but: {error:?}"), "let serde refuse the settings")
        }),
    }
    let schema = plugin.settings_schema();
    let Some(properties) = schema["properties"].as_object() else { return };
    let values = [
        json!(null),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!("no such value"),
        json!([]),
        json!([[]]),
        json!({}),
        json!(true),
    ];
    for name in properties.keys() {
        let taken = values.iter().filter(|&value| build(&json!({ name: value })).is_ok()).count();
        check(taken < values.len(), || (format!("its setting `{name}` takes anything"), "give it a type"));
    }
}

/// Any UTF-8 gives rows that fit: spans in the text, declared layers and attributes, references that lead somewhere.
///
/// # Panics
/// If the law is broken.
pub fn rows_fit(plugin: &dyn AnyPlugin) {
    let Some(subject) = subject(plugin) else { return };
    for_any_text(|text| {
        // Committing checks spans, columns, references and retractions; layers are checked where they are written to.
        let mut document = subject.document(text).map_err(|e| e.to_string())?;
        let mut output = Output::new();
        attempt(|| subject.annotate(&mut document, &mut output))
            .map_err(|e| format!("{e}\nhelp: any text gives some rows; an odd one gives none, but no error and no panic"))
    });
}

/// The same text gives the same rows: again, with used buffers, after another document, on several threads, and whether
/// or not layers that it does not declare are there.
///
/// # Panics
/// If the law is broken.
pub fn same_again(plugin: &dyn AnyPlugin) {
    let Some(subject) = subject(plugin) else { return };
    let second = Subject::new(plugin).unwrap_or_else(|e| panic!("it was built once, and not again: {e}"));
    let mut used = Output::new();
    for_any_text(|text| {
        let fresh = subject.document(text).map_err(|e| e.to_string())?;
        let rows = |subject: &Subject, output: &mut Output| -> Result<String, String> {
            let mut document = fresh.clone();
            let first = document.segments().len();
            attempt(|| subject.annotate(&mut document, output)).map_err(|e| e.to_string())?;
            Ok(contents_from(&document, first))
        };
        let expected = rows(&subject, &mut Output::new())?;
        let same = |found: String, how: &str, help: &str| {
            if found == expected { Ok(()) } else { Err(format!("{how}, the rows differ\nfirst:\n{expected}then:\n{found}help: {help}")) }
        };
        same(rows(&subject, &mut used)?, "with buffers of another document", "clear what you take from `take_scratch`")?;
        same(rows(&subject, &mut used)?, "the second time", "keep no state from document to document, and no order of a hash map")?;
        same(
            rows(&second, &mut Output::new())?,
            "from another annotator with the same settings",
            "let rows depend on settings and text alone",
        )?;
        let threads: Vec<Result<String, String>> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..3).map(|_| scope.spawn(|| rows(&subject, &mut Output::new()))).collect();
            workers.into_iter().map(|w| w.join().unwrap_or_else(|_| Err("a thread panicked".into()))).collect()
        });
        for found in threads {
            same(found?, "on several threads at once", "share nothing that changes between threads")?;
        }
        Ok(())
    });
}

/// An annotator that fails, or whose rows break the contract, leaves the document as it was, and the next one is
/// annotated as ever.
///
/// # Panics
/// If the law is broken.
pub fn no_trace(plugin: &dyn AnyPlugin) {
    let Some(subject) = subject(plugin) else { return };
    let mut output = Output::new();
    for_any_text(|text| {
        let mut document = subject.document(text).map_err(|e| e.to_string())?;
        let before = format!("{document:?}");
        let unchanged = |document: &Document<'_>, when: &str| {
            let same = format!("{document:?}") == before;
            if same { Ok(()) } else { Err(format!("{when}, the document has changed\nhelp: a document is only changed by its commit")) }
        };
        let expected = {
            let mut document = document.clone();
            subject.annotate(&mut document, &mut Output::new()).map_err(|e| e.to_string())?;
            contents_from(&document, 0)
        };
        // Where it may write nothing it must say so or write nothing.
        let nothing = Task::of(Provenance::default(), Layers { gives: Vec::new(), ..subject.layers().clone() });
        match attempt(|| run(subject.annotator(), &nothing, &mut document, &mut output)) {
            Err(error) if error.is_panic() => {
                return Err(format!("without a layer to write to it panics: {error}\nhelp: hand on the error of `Output::layer`"));
            }
            Err(_) => unchanged(&document, "after an error")?,
            Ok(()) => document = subject.document(text).map_err(|e| e.to_string())?,
        }
        // Its rows and one that lies past the text: all or nothing.
        if let Some(schema) = subject.layers().gives.iter().find(|s| s.spans) {
            let spoiler = Spoiler { annotator: subject.annotator(), schema: Arc::clone(schema), past: text.len() as u32 + 1 };
            let result = attempt(|| run(&spoiler, subject.task(), &mut document, &mut output));
            if result.is_ok() {
                return Err("a row past the end of the text was taken\nhelp: this is an error of standoff itself; please report it".into());
            }
            unchanged(&document, "after rows that do not fit")?;
        }
        attempt(|| subject.annotate(&mut document, &mut output)).map_err(|e| e.to_string())?;
        if contents_from(&document, 0) == expected {
            return Ok(());
        }
        Err("after a failure the same document gives other rows\nhelp: keep no state from document to document".into())
    });
}

/// Time grows with the length of the text, not with its square: for news, and for what tempts a matcher to start over.
///
/// # Panics
/// If the law is broken.
pub fn linear_time(plugin: &dyn AnyPlugin) {
    let Some(subject) = subject(plugin) else { return };
    const SHORT: usize = 8 << 10;
    const TIMES: usize = 8;
    // Eight times the text in 24 times the time at most; with the square it would be 64 times.
    const SLACK: u32 = 3;
    let units = [
        text::NEWS,
        "a",
        "A ",
        "Ann Lee and ",
        "a.",
        "(",
        "\"",
        "1 ",
        "2017-03-18, ",
        "-",
        "\n",
        "東",
        "e\u{301}",
        "I ",
        "of the ",
        "Mr. ",
    ];
    for unit in units {
        let long: String = unit.repeat(SHORT * TIMES / unit.len() + 1);
        let mut end = SHORT;
        while !long.is_char_boundary(end) {
            end += 1;
        }
        let time = |text: &str, rounds: usize| -> Duration {
            let mut output = Output::new();
            let fresh = subject.document(text).unwrap_or_else(|e| panic!("{e}"));
            let once = |output: &mut Output| {
                let mut document = fresh.clone();
                let start = clock();
                let result = subject.annotate(&mut document, output);
                result.unwrap_or_else(|e| panic!("on many times {unit:?}: {e}"));
                clock().saturating_sub(start)
            };
            // What takes long is measured well enough by one round.
            let mut least = once(&mut output);
            for _ in 1..rounds {
                if least > Duration::from_millis(200) {
                    break;
                }
                least = least.min(once(&mut output));
            }
            least
        };
        let mut short = time(&long[..end], 4);
        let mut slow = time(&long, 2);
        // A machine that is busy elsewhere can make one of them look slow: measure again before complaining.
        for _ in 0..4 {
            if slow <= limit(short, TIMES, SLACK) || slow > limit(short, TIMES, SLACK) * 8 {
                break;
            }
            short = short.max(time(&long[..end], 4));
            slow = slow.min(time(&long, 2));
        }
        check(slow <= limit(short, TIMES, SLACK), || {
            let what = format!("on many times {unit:?}: {short:?} for {end} bytes and {slow:?} for {} times as many", long.len() / end);
            (what, "look for a search that starts over for each row or each character")
        });
    }
}

/// The time that this thread has been at work: what other programs take away does not count.
#[cfg(unix)]
fn clock() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

#[cfg(not(unix))]
fn clock() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

/// What is too short to be measured is let pass.
fn limit(short: Duration, times: usize, slack: u32) -> Duration {
    short.max(Duration::from_micros(100)) * times as u32 * slack
}

/// A plugin that cannot do without settings has no worked example of its own; it is tested with cases.
fn subject(plugin: &dyn AnyPlugin) -> Option<Subject> {
    match Subject::new(plugin) {
        Ok(subject) => Some(subject),
        Err(error) => broken(&format!("it cannot be built with its default settings: {error}"), "let `{}` be good settings"),
    }
}

/// A plugin with the settings of its worked example.
fn with_settings(plugin: &dyn AnyPlugin, settings: &str) -> Subject {
    let settings: Json = toml::from_str(settings).unwrap_or_else(|error| {
        broken(&format!("the settings of its worked example are not TOML: {error}"), "write what stands below `use` in a pipeline")
    });
    Subject::with(plugin, &settings, &BuildContext::default())
        .unwrap_or_else(|error| broken(&format!("it cannot be built with the settings of its worked example: {error}"), "see the error"))
}

/// Writes what an annotator writes, and one row past the text.
struct Spoiler<'a> {
    annotator: &'a dyn Annotator,
    schema: Arc<Schema>,
    past: u32,
}

impl Annotator for Spoiler<'_> {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        self.annotator.annotate(document, output)?;
        output.segment(&self.schema.name)?.finish_row(Span::new(0, self.past));
        Ok(())
    }
}

/// Calls something that may panic.
fn attempt<T>(call: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    contain(call).unwrap_or_else(|message| Err(Error::panic(format!("it panicked: {message}"))))
}

/// Tries a law on known and on generated texts, and on the smallest that breaks it says how.
fn for_any_text(mut law: impl FnMut(&str) -> Result<(), String>) {
    let report = |text: &str, reason: &str| -> ! {
        let shown: String = text.chars().take(400).collect();
        panic!("on the text {shown:?} ({} bytes):\n{reason}", text.len());
    };
    for text in text::KNOWN {
        law(text).unwrap_or_else(|reason| report(text, &reason));
    }
    let mut config = Config { failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    let law = std::cell::RefCell::new(&mut law);
    let result = TestRunner::new(config).run(&text::any(), |text| (law.borrow_mut())(&text).map_err(TestCaseError::fail));
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, text)) => report(&text, &reason.to_string()),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

fn check(holds: bool, otherwise: impl FnOnce() -> (String, &'static str)) {
    if !holds {
        let (what, help) = otherwise();
        broken(&what, help);
    }
}

fn broken(what: &str, help: &str) -> ! {
    panic!("{what}\nhelp: {help}");
}
