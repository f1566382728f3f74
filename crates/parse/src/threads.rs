//! Work on the parts of a document by several threads.

use std::{
    sync::{Mutex, PoisonError},
    thread,
};

use crate::{ParseError, guard};

/// The most threads for one document: each loads what the parts share for itself, such as fonts.
const MAX_THREADS: usize = 8;

/// Does the same with each part, in order as threads get free, and gives the results in the order of the
/// parts. A thread begins with a `state` of its own, and takes no further part once `work` gives nothing.
///
/// There are no more threads than there are `least` parts for each.
///
/// # Errors
/// [`ParseError::Bug`] where the work panics.
pub(crate) fn map<P: Send, S, R: Send>(
    parts: impl ExactSizeIterator<Item = P> + Send,
    threads: usize,
    least: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, P) -> Option<R> + Sync,
) -> Result<Vec<R>, ParseError> {
    let threads = threads.min(MAX_THREADS).min(parts.len() / least.max(1)).max(1);
    let parts = Mutex::new(parts.enumerate());
    let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
    let labour = || {
        let mut state = state();
        let mut done = Vec::new();
        while let Some((at, part)) = next()
            && let Some(result) = work(&mut state, part)
        {
            done.push((at, result));
        }
        Ok(done)
    };
    let mut done = thread::scope(|scope| {
        // Where there can be no further thread, those that there are do all.
        let others: Vec<_> = (1..threads).map_while(|_| guard::spawn(scope, labour).ok()).collect();
        let own: Result<_, ParseError> = labour();
        others.into_iter().fold(own, |done, other| {
            let (mut done, other) = (done?, guard::join(other)?);
            done.extend(other);
            Ok(done)
        })
    })?;
    done.sort_unstable_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    fn results_are_in_the_order_of_the_parts(#[values(0, 1, 2, 9)] threads: usize) {
        let squares = map(0..1000_u32, threads, 1, || (), |(), part| Some(part * part)).unwrap();
        assert_eq!(squares, (0..1000).map(|part| part * part).collect::<Vec<_>>());
    }

    #[test]
    fn no_part_is_taken_after_the_last() {
        let done = map(
            0..1000_u32,
            1,
            1,
            || 0,
            |count, part| {
                *count += 1;
                (*count <= 3).then_some(part)
            },
        );
        assert_eq!(done.unwrap(), [0, 1, 2]);
    }

    #[test]
    fn a_panic_of_another_thread_is_an_error() {
        let own = thread::current().id();
        let work = |(): &mut (), ()| {
            assert_eq!(thread::current().id(), own, "not here");
            thread::yield_now();
            Some(())
        };
        let error = map(std::iter::repeat_n((), 100_000), 4, 1, || (), work).unwrap_err();
        assert!(matches!(error, ParseError::Bug(_)), "{error}");
    }
}
