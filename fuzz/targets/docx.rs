//! The DOCX parser, on packages and on readable lists of their parts.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::check_parsing(&fuzz::package(input), model::Format::Docx));
