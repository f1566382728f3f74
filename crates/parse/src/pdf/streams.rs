//! Decoding of streams within bounds: a stream of a few kilobytes can claim gigabytes.

use std::{borrow::Cow, io::Read};

use flate2::read::ZlibDecoder;
use hayro_syntax::{Filter, object::Stream, object::stream::DecodeFailure};

use super::limits::{Cost, MAX_STREAM_BYTES};

/// Below this, even the best compression stays within [`MAX_STREAM_BYTES`].
const SURELY_SMALL: usize = MAX_STREAM_BYTES / 1100;

/// The decoded bytes of a stream, or nothing where it is damaged, an image or too large.
pub(super) fn decode<'a>(stream: &Stream<'a>, cost: &mut Cost) -> Option<Cow<'a, [u8]>> {
    if !is_bounded(stream) {
        return None;
    }
    let data = match stream.decoded_data() {
        Ok(data) => data,
        Err(DecodeFailure::ImageDecode | _) => return None,
    };
    (data.len() <= MAX_STREAM_BYTES && cost.decoded(data.len())).then_some(data)
}

/// Whether a stream decodes to [`MAX_STREAM_BYTES`] at most, as far as that can be known before.
fn is_bounded(stream: &Stream<'_>) -> bool {
    let filters = stream.filters();
    let deflating = filters.iter().filter(|filter| matches!(filter, Filter::FlateDecode | Filter::LzwDecode));
    match deflating.count() {
        0 => true,
        1 => {
            let raw = stream.raw_data();
            raw.len() <= SURELY_SMALL
                || filters.first() != Some(&Filter::FlateDecode)
                || inflated_len(&raw) <= MAX_STREAM_BYTES as u64
        }
        // Compressed twice: only ever seen in attacks and in tiny tests.
        _ => stream.raw_data().len() <= 4096,
    }
}

/// The length of what a zlib stream holds, counted up to just over the bound.
fn inflated_len(raw: &[u8]) -> u64 {
    let mut decoder = ZlibDecoder::new(raw).take(MAX_STREAM_BYTES as u64 + 1);
    // An error ends the count; the tolerant decoder gets about as far.
    let mut buffer = vec![0; 64 * 1024];
    let mut total = 0;
    while let Ok(read) = decoder.read(&mut buffer)
        && read > 0
    {
        total += read as u64;
    }
    total
}
