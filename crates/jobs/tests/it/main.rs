//! Generations driven to their end over a real store, with a scripted model.

mod drive;
mod workshop;
