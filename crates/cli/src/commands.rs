//! One file a subcommand.

mod completions;
mod dedup;
mod doctor;
mod models;
mod openapi;
mod parse;
mod replay;
mod run;
mod score;
mod serve;
mod storage;
mod trace;
mod worker;

use tokio::runtime::Runtime;

use crate::{
    args::{Cli, Command},
    failure::{Exit, Outcome},
    printer::Printer,
    wiring,
};

/// Carries a command out.
pub(crate) fn run(cli: Cli, printer: &Printer) -> Outcome<Exit> {
    let Cli { common, command } = cli;
    // These two say more, or elsewhere, and begin their logs themselves.
    if !matches!(command, Command::Serve(_) | Command::Worker(_)) {
        wiring::start_logs(printer, &common, None);
    }
    match command {
        // These are synchronous and need no settings.
        Command::Completions { shell } => completions::run(shell),
        Command::Openapi => openapi::run(printer),
        Command::ReadDocuments => {
            jobs::read_documents(std::io::stdin().lock(), std::io::stdout().lock())?;
            Ok(Exit::Done)
        }
        Command::Parse(args) => parse::run(&args, printer),
        Command::Score(args) => score::run(&args, printer),
        Command::Dedup(args) => dedup::run(&args, printer),
        Command::Run(args) => runtime()?.block_on(run::run(&args, &common, printer)),
        Command::Trace(args) => runtime()?.block_on(trace::run(&args, &common, printer)),
        Command::Replay(args) => runtime()?.block_on(replay::run(&args, &common, printer)),
        Command::Models(args) => runtime()?.block_on(models::run(&args, &common, printer)),
        Command::Doctor => runtime()?.block_on(doctor::run(&common, printer)),
        Command::Storage(args) => runtime()?.block_on(storage::run(&args, &common, printer)),
        Command::Serve(args) => runtime()?.block_on(serve::run(&args, &common, printer)),
        Command::Worker(args) => {
            let runtime = runtime()?;
            let outcome = runtime.block_on(worker::run(&args, &common, printer));
            // It ends in time: what it was told to drop is not waited for.
            runtime.shutdown_background();
            outcome
        }
    }
}

fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
