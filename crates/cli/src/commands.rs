//! One file a subcommand.

mod completions;
mod doctor;
mod models;
mod parse;
mod run;

use crate::{
    args::{Cli, Command},
    failure::{Exit, Outcome},
    printer::Printer,
};

/// Carries a command out.
pub(crate) fn run(cli: Cli, printer: &Printer) -> Outcome<Exit> {
    match cli.command {
        // These two are synchronous and need no settings.
        Command::Completions { shell } => completions::run(shell),
        Command::Parse(args) => parse::run(&args, printer),
        command => tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
            match command {
                Command::Run(args) => run::run(&args, &cli.common, printer).await,
                Command::Models(args) => models::run(&args, &cli.common, printer).await,
                Command::Doctor => doctor::run(&cli.common, printer).await,
                Command::Parse(_) | Command::Completions { .. } => Ok(Exit::Done),
            }
        }),
    }
}
