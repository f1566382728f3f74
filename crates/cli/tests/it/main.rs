//! The real binary, driven from outside.

mod architecture;
mod command_line;
mod documents;
mod forge;
mod gateway;
mod interruption;
mod kill;
mod run;
