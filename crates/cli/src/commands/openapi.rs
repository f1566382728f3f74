//! `data-forge openapi`.

use crate::{
    failure::{Exit, Outcome},
    printer::Printer,
};

/// Prints the OpenAPI document of the REST API.
pub(crate) fn run(printer: &Printer) -> Outcome<Exit> {
    printer.data(server::openapi().to_pretty_json()?)?;
    Ok(Exit::Done)
}
