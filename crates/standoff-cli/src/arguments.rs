//! What the command understands. The doc comments are what `--help` shows.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::inputs::Form;

const EXIT: &str =
    "Exit status: 0 done; 1 a check says no; 2 usage, configuration or I/O; 3 some documents were set aside; 130 interrupted.";

/// Turns text into stand-off annotations with pipelines of plugins.
///
/// Data goes to stdout, progress and messages to stderr.
#[derive(Debug, Parser)]
#[command(name = "standoff", version, after_help = EXIT, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Run),
    Check(Check),
    List(List),
    Explain(Explain),
    Gazetteer(crate::gazetteer::Gazetteer),
    Schema(Schema),
    New(New),
    Plugin(Plugin),
    /// Print a script that completes commands and options in a shell.
    ///
    /// For bash: standoff completions bash > ~/.local/share/bash-completion/completions/standoff
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// Where plugins come from that the program was not linked with.
#[derive(Args, Debug, Default)]
pub(crate) struct Plugins {
    /// Load the plugins of this shared library, or of all in this folder; may be given several times. STANDOFF_PLUGIN_PATH
    /// names more: whole paths, separated as in PATH. They run with all your rights: load what you trust.
    #[arg(long = "plugin", value_name = "PATH", help_heading = "Plugins")]
    pub(crate) paths: Vec<PathBuf>,
}

/// Annotate documents.
///
/// Text files give a table to read, JSON Lines give JSON Lines; -o and --format say otherwise. Without a pipeline the
/// embedded news pipeline runs.
///
/// Examples:
///   standoff run report.txt
///   standoff run my.toml 'mail/**/*.txt' -o facts.jsonl
///   zcat crawl.jsonl.gz | standoff run - -o facts.jsonl --report report.jsonl
///   standoff run --plugin target/release/libquotes.so my.toml report.txt
#[derive(Debug, Args)]
#[command(after_help = EXIT, verbatim_doc_comment)]
pub(crate) struct Run {
    /// A pipeline (a first argument that ends in .toml), then files, folders, patterns in quotes, or `-` for stdin. Without
    /// any, stdin.
    #[arg(value_name = "[PIPELINE.toml] FILE")]
    pub(crate) inputs: Vec<String>,
    /// Write to this file: JSON Lines, or a table if its name ends in .txt. It takes its name when it is complete; until then
    /// it is called OUT.part.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
    /// How to write.
    #[arg(short, long, value_enum, default_value_t = Format::Auto)]
    pub(crate) format: Format,
    /// What the inputs hold.
    #[arg(long, value_enum, default_value_t = Form::Auto)]
    pub(crate) from: Form,
    /// The date of documents whose metadata have none, such as 2017-03-20; "Saturday" is resolved against it. Without it, a
    /// date in the head of the text is used.
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<String>,
    /// The language of documents whose metadata have none, such as `en`.
    #[arg(long, value_name = "TAG")]
    pub(crate) language: Option<String>,
    /// What offsets count in the output.
    #[arg(long, value_enum, default_value_t = Offsets::Char)]
    pub(crate) offsets: Offsets,
    /// Only these layers, separated by commas; --layers mention,entity,relation leaves tokens out.
    #[arg(long, value_delimiter = ',', value_name = "LAYER")]
    pub(crate) layers: Vec<String>,
    /// Also write rows that a later annotator retracted, with who did and why.
    #[arg(long)]
    pub(crate) with_retracted: bool,
    /// Threads; 0: as many as there are cores.
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Write a JSON line for each document: status, seconds by annotator, rows by layer.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Go on where an earlier run with the same --report was stopped: documents that it names as done are skipped, and OUT.part
    /// is continued.
    #[arg(long, requires = "report")]
    pub(crate) resume: bool,
    /// Set a document of more bytes than this aside.
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    pub(crate) max_bytes: u64,
    /// No progress and no summary; errors are still told.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) plugins: Plugins,
}

/// Check pipelines (.toml) and rule files (.rules) before any text is read.
///
/// A pipeline: names, settings and layers fit together; the plan is printed. A rule file: it compiles, and each rule finds
/// what its own examples say. Without a file, the embedded news pipeline and the bundled rules are checked.
#[derive(Debug, Args)]
#[command(after_help = EXIT)]
pub(crate) struct Check {
    /// Pipelines and rule files.
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) plugins: Plugins,
}

/// List the plugins that this program knows, with the layers they need and give.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// As JSON: manifests, where each comes from, layers with default settings, JSON Schemas of the settings.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) plugins: Plugins,
}

/// Explain an annotator: what it does, its settings, a worked example; or why it finds what it finds in a text.
///
/// Examples:
///   standoff explain date
///   standoff explain gazetteer --text "Etorofu"
///   standoff explain relation --rule part-list --file examples/texts/kurils.txt
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Explain {
    /// Its name, as `standoff list` shows it.
    pub(crate) annotator: String,
    /// Explain what it finds in this text.
    #[arg(long, conflicts_with = "file")]
    pub(crate) text: Option<String>,
    /// Explain what it finds in this file.
    #[arg(long)]
    pub(crate) file: Option<PathBuf>,
    /// Only this rule.
    #[arg(long, value_name = "ID")]
    pub(crate) rule: Option<String>,
    /// List all rules.
    #[arg(long)]
    pub(crate) rules: bool,
    /// The text's own date.
    #[arg(long)]
    pub(crate) date: Option<String>,
    /// Take the annotator and its settings from this pipeline.
    #[arg(short, long, value_name = "PIPELINE.toml")]
    pub(crate) pipeline: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) plugins: Plugins,
}

/// Print a JSON Schema.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// `document`: a line of output. `pipeline`: a pipeline file. Or the name of a layer, or of a plugin for its settings.
    #[arg(default_value = "document")]
    pub(crate) of: String,
    #[command(flatten)]
    pub(crate) plugins: Plugins,
}

/// Write a plugin or a pipeline to start from, which works as it is.
#[derive(Debug, Args)]
pub(crate) struct New {
    #[command(subcommand)]
    pub(crate) what: Template,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Template {
    /// A crate that builds, tests, benches and can be loaded at once: a small annotator to replace piece by piece.
    ///
    /// It has a layer of its own, settings, a worked example, cases in TOML, the laws that every annotator obeys as tests, a
    /// bench, and a pipeline that loads it. `cargo test` in it is the first thing to do.
    ///
    /// The crates of standoff that it depends on are named by their path in a checkout of the repository: the one of
    /// --standoff, or else the one that this program was built from.
    #[command(after_help = "Example:\n  standoff new plugin quotes && cd quotes && cargo test")]
    Plugin {
        /// Its name, or a path that ends in it: lower case letters, digits and hyphens.
        name: PathBuf,
        /// A checkout of standoff's repository, to take the crates from that the plugin depends on.
        #[arg(long, value_name = "PATH")]
        standoff: Option<PathBuf>,
    },
    /// A folder with a pipeline, a list of names, rules and a text, which runs at once.
    #[command(after_help = "Example:\n  standoff new pipeline harbours && standoff run harbours/pipeline.toml harbours/example.txt")]
    Pipeline {
        /// Its name, or a path that ends in it: lower case letters, digits and hyphens.
        name: PathBuf,
    },
}

/// Look at a plugin that was built as a shared library.
#[derive(Debug, Args)]
pub(crate) struct Plugin {
    #[command(subcommand)]
    pub(crate) what: PluginCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Show what a shared library says of itself: contract, digest, plugins, layers, settings.
    ///
    /// Format, machine, version of the contract and digest are read from the file, and a file that is no plugin for this
    /// program is refused, before any of it runs. Then it is loaded to ask for its plugins; --no-load leaves that out, for a
    /// library that you do not trust yet.
    #[command(after_help = "Example:\n  standoff plugin inspect target/release/libquotes.so")]
    Inspect {
        /// The shared library.
        path: PathBuf,
        /// Only what the file says; nothing in it runs.
        #[arg(long)]
        no_load: bool,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// By the ending of -o; on stdout a table for text, JSON Lines for JSON Lines.
    Auto,
    /// A table to read.
    Table,
    /// JSON Lines, one document a line.
    Jsonl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Offsets {
    /// Unicode code points.
    Char,
    /// UTF-8 bytes.
    Byte,
    /// UTF-16 units.
    Utf16,
}
