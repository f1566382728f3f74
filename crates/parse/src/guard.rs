//! Runs a parser so that nothing it does can take the caller down with it.

use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;
use std::thread::{self, Scope, ScopedJoinHandle};

use model::Format;

use crate::ParseError;

/// Parsers recurse over nested markup, each to a bound of its own; with this much stack all those
/// bounds hold, whatever stack the caller has.
const STACK_BYTES: usize = 16 * 1024 * 1024;

thread_local! {
    /// Where the parser on this thread panicked; `None` on threads that run no parser.
    static PANIC_SITE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Refuses a text that would take too much memory: each format needs some multiple of its size. PDF
/// and DOCX are packed, so theirs says nothing; they have bounds of their own.
///
/// # Errors
/// [`ParseError::TooLarge`] with the bound.
pub(crate) fn check_size(bytes: usize, format: Format) -> Result<(), ParseError> {
    const MB: usize = 1024 * 1024;
    let most = match format {
        Format::Txt | Format::Csv | Format::Jsonl => 256,
        Format::Markdown => 128,
        Format::Html => 64,
        Format::Pdf | Format::Docx => return Ok(()),
    };
    if bytes > most * MB {
        let has = bytes / MB;
        return Err(ParseError::TooLarge(format!("it has {has} MB, the most is {most} MB; split it")));
    }
    Ok(())
}

/// Runs a parser on a thread of its own and turns its panic into [`ParseError::Bug`].
///
/// # Errors
/// Those of the parser, [`ParseError::Bug`] where it panics.
pub(crate) fn run<T: Send>(parser: impl FnOnce() -> Result<T, ParseError> + Send) -> Result<T, ParseError> {
    keep_panics_quiet();
    thread::scope(|scope| match spawn(scope, parser) {
        Ok(thread) => join(thread),
        Err(error) => Err(ParseError::TooLarge(format!("no thread to parse on: {error}"))),
    })
}

/// A thread whose panic is an error of its result.
pub(crate) type Guarded<'s, T> = ScopedJoinHandle<'s, Result<T, ParseError>>;

/// Starts a part of a parser on a thread of its own, with the stack of a parser.
///
/// # Errors
/// Where the system gives no further thread.
pub(crate) fn spawn<'s, T: Send + 's>(
    scope: &'s Scope<'s, '_>,
    parser: impl FnOnce() -> Result<T, ParseError> + Send + 's,
) -> io::Result<Guarded<'s, T>> {
    let guarded = || {
        PANIC_SITE.set(Some(String::new()));
        panic::catch_unwind(panic::AssertUnwindSafe(parser)).unwrap_or_else(|payload| {
            let site = PANIC_SITE.take().unwrap_or_default();
            Err(ParseError::Bug(format!("{}{site}", message(payload.as_ref()))))
        })
    };
    thread::Builder::new().name("parse".into()).stack_size(STACK_BYTES).spawn_scoped(scope, guarded)
}

/// Waits for a thread to end.
///
/// # Errors
/// Those of the parser, [`ParseError::Bug`] where it panicked.
pub(crate) fn join<T>(thread: Guarded<'_, T>) -> Result<T, ParseError> {
    thread.join().unwrap_or_else(|payload| Err(ParseError::Bug(message(payload.as_ref()))))
}

/// A panic of a parser becomes an error that names it, so the default report on stderr would only
/// say it twice; every other panic is reported as before.
fn keep_panics_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let default = panic::take_hook();
        panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            let ours = PANIC_SITE.with_borrow_mut(|site| match site {
                Some(site) => {
                    *site = info
                        .location()
                        .map(|at| format!(" ({}:{})", at.file(), at.line()))
                        .unwrap_or_default();
                    true
                }
                None => false,
            });
            if !ours {
                default(info);
            }
        }));
    });
}

fn message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_that_names_it() {
        let error = run::<()>(|| panic!("cell {} is missing", 7)).unwrap_err();
        let ParseError::Bug(reason) = error else { panic!("{error}") };
        assert!(reason.starts_with("cell 7 is missing ("), "{reason}");
        assert!(reason.contains("guard.rs"), "{reason}");
    }

    #[test]
    fn results_pass_through() {
        assert_eq!(run(|| Ok(1)), Ok(1));
        assert_eq!(run::<()>(|| Err(ParseError::Empty)), Err(ParseError::Empty));
    }

    #[test]
    fn there_is_stack_for_deep_markup() {
        fn depth(left: u32) -> u32 {
            let block = [left; 64];
            if left == 0 { block[0] } else { 1 + depth(std::hint::black_box(block)[1] - 1) }
        }
        assert_eq!(run(|| Ok(depth(10_000))), Ok(10_000));
    }

    #[test]
    fn texts_are_bounded() {
        let size = 256 * 1024 * 1024;
        assert_eq!(check_size(size, Format::Csv), Ok(()));
        assert_eq!(check_size(usize::MAX, Format::Docx), Ok(()));
        let error = check_size(8 * size, Format::Csv).unwrap_err().to_string();
        assert!(error.ends_with("it has 2048 MB, the most is 256 MB; split it"), "{error}");
    }
}
