//! Metadata and objects behind two traits: SQLite and files.
