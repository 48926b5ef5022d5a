//! The command `standoff`: a thin layer over the library.

use std::io::Write;
use std::process::ExitCode;

use anstream::eprintln;
use clap::{CommandFactory, Parser};
use standoff::Error;
use standoff::runner::Diagnostics;

mod arguments;
mod check;
mod dateline;
mod explain;
mod gazetteer;
mod inputs;
mod inspect;
mod list;
mod new;
mod output;
mod pipelines;
mod run;
mod schema;
mod settings_page;

use arguments::{Arguments, Command, PluginCommand};

/// Why a command could not do its work. The exit status is 2.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A pipeline does not fit together.
    Pipeline(Diagnostics),
    /// Anything else.
    Other(Error),
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Failure {
        Failure::Pipeline(diagnostics)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Other(error)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(arguments.command) {
        Ok(status) => ExitCode::from(u8::try_from(status).unwrap_or(2)),
        Err(Failure::Pipeline(diagnostics)) => {
            eprintln!("{}", diagnostics.styled());
            ExitCode::from(2)
        }
        Err(Failure::Other(error)) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn dispatch(command: Command) -> Result<i32, Failure> {
    match command {
        Command::Run(options) => run::run(&options),
        Command::Check(options) => check::check(&options),
        Command::List(options) => print(&list::list(&options, pipelines::plugins(&options.plugins)?.registry())?),
        Command::Explain(options) => print(&explain::explain(&options)?),
        Command::Schema(options) => print(&schema::schema(&options.of, pipelines::plugins(&options.plugins)?.registry())?),
        Command::Gazetteer(options) => gazetteer::gazetteer(&options),
        Command::New(options) => print(&new::new(&options.what)?),
        Command::Plugin(options) => {
            let PluginCommand::Inspect { path, no_load, json } = options.what;
            print(&inspect::inspect(&path, no_load, json)?)
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "standoff", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
    }
}

/// Prints a page to stdout. A reader that has enough of it, as `head` has, is no error.
fn print(page: &str) -> Result<i32, Failure> {
    match anstream::stdout().write_all(page.as_bytes()).and_then(|()| anstream::stdout().flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::io("stdout").with_source(error).into()),
        _ => Ok(0),
    }
}
