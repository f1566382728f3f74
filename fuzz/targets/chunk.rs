//! Chunking, with the offsets of chunks and blocks.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::check_chunking(input));
