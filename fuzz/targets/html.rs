//! The HTML parser.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::check_parsing(input, model::Format::Html));
