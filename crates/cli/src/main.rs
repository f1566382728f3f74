//! The `data-forge` command: arguments, settings, wiring, and everything that is printed.

mod args;
mod commands;
mod failure;
mod filter;
mod printer;
mod progress;
mod run;
mod settings;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

use crate::{args::Cli, printer::Printer};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let printer = Printer::new();
    match commands::run(cli, &printer) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            printer.failure(&failure);
            failure.exit.into()
        }
    }
}
