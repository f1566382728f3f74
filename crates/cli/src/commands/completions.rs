//! `data-forge completions SHELL`.

use clap::CommandFactory;

use crate::{
    args::Cli,
    failure::{Exit, Outcome},
};

/// Prints the completions of a shell.
pub(crate) fn run(shell: clap_complete::Shell) -> Outcome<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "data-forge", &mut script);
    std::io::Write::write_all(&mut std::io::stdout(), &script)?;
    Ok(Exit::Done)
}
