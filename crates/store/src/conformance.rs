//! What every backend has to do, as checks that run on it.
//!
//! Each check gets a store of its own with nothing in it. Run them all from a backend's tests:
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! store::conformance::metadata(async || store::open_metadata("sqlite::memory:").await).await?;
//! # Ok(())
//! # }
//! ```

mod documents;
mod exports;
mod fine_tune_jobs;
mod generations;
mod leases;
mod ledger;
mod library_bulk;
mod library_chunks;
mod library_pairs;
mod library_projects;
mod library_watch;
mod objects;
mod pairs;
mod probes;
mod projects;
mod sample;
mod units;

use std::{fmt, sync::Arc};

use futures::future::BoxFuture;

use crate::{Metadata, Objects, Result};

/// The checks that a backend did not pass.
#[derive(Debug)]
pub struct Failures {
    checks: usize,
    failed: Vec<(&'static str, Error)>,
}

impl std::error::Error for Failures {}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} checks failed", self.failed.len(), self.checks)?;
        self.failed.iter().try_for_each(|(name, error)| write!(f, "\n{name}: {error}"))
    }
}

/// Runs all checks of metadata, each on a new store.
///
/// # Errors
/// The checks that failed, each by name and with the reason.
pub async fn metadata(
    make: impl AsyncFn() -> Result<Arc<dyn Metadata>>,
) -> std::result::Result<(), Failures> {
    let suites = [
        projects::CHECKS,
        documents::CHECKS,
        generations::CHECKS,
        units::CHECKS,
        ledger::CHECKS,
        pairs::CHECKS,
        probes::CHECKS,
        exports::CHECKS,
        fine_tune_jobs::CHECKS,
        leases::CHECKS,
        library_projects::CHECKS,
        library_chunks::CHECKS,
        library_pairs::CHECKS,
        library_bulk::CHECKS,
        library_watch::CHECKS,
    ];
    run(&suites, make).await
}

/// Runs all checks of objects, each on a new store.
///
/// # Errors
/// The checks that failed, each by name and with the reason.
pub async fn objects(make: impl AsyncFn() -> Result<Arc<dyn Objects>>) -> std::result::Result<(), Failures> {
    run(&[objects::CHECKS], make).await
}

type Error = Box<dyn std::error::Error + Send + Sync>;

/// What a check comes to.
type Outcome = std::result::Result<(), Error>;

/// A named check of a kind of store.
struct Check<S: ?Sized> {
    name: &'static str,
    run: fn(Arc<S>) -> BoxFuture<'static, Outcome>,
}

async fn run<S: ?Sized>(
    suites: &[&[Check<S>]],
    make: impl AsyncFn() -> Result<Arc<S>>,
) -> std::result::Result<(), Failures> {
    let mut failures = Failures { checks: 0, failed: Vec::new() };
    for check in suites.iter().copied().flatten() {
        failures.checks += 1;
        let outcome = match make().await {
            Ok(store) => (check.run)(store).await,
            Err(error) => Err(error.into()),
        };
        failures.failed.extend(outcome.err().map(|error| (check.name, error)));
    }
    if failures.failed.is_empty() { Ok(()) } else { Err(failures) }
}

/// The checks of a suite. A check that is not among them is dead code, and the compiler says so.
macro_rules! checks {
    ($store:ty: $($name:ident),+ $(,)?) => {
        pub(super) const CHECKS: &[super::Check<$store>] = &[$(super::Check {
            name: concat!(module_path!(), "::", stringify!($name)),
            run: |store| Box::pin($name(store)),
        }),+];
    };
}

/// Leaves a check with an error where something is not so.
macro_rules! ensure {
    ($condition:expr) => {
        if !$condition {
            return Err(format!("line {}: not so: {}", line!(), stringify!($condition)).into());
        }
    };
}

/// Leaves a check with an error where two values are not equal.
macro_rules! ensure_eq {
    ($left:expr, $right:expr $(,)?) => {
        match (&$left, &$right) {
            (left, right) if left == right => {}
            (left, right) => {
                let line = line!();
                return Err(
                    format!("line {line}: {}\n  is {left:?}\n not {right:?}", stringify!($left)).into()
                );
            }
        }
    };
}

/// Leaves a check with an error where a call does not end in this error.
macro_rules! ensure_err {
    ($call:expr, $error:pat) => {
        match $call {
            Err($error) => {}
            other => {
                let expected = stringify!($error);
                return Err(format!("line {}: {other:?} is not {expected}", line!()).into());
            }
        }
    };
}

use {checks, ensure, ensure_eq, ensure_err};

#[cfg(test)]
mod tests {
    use super::*;

    checks!(dyn Metadata: holds, does_not_hold, does_not_fail);

    async fn holds(store: Arc<dyn Metadata>) -> Outcome {
        ensure_eq!(store.projects(&sample::ada()).await?, []);
        Ok(())
    }

    async fn does_not_hold(_: Arc<dyn Metadata>) -> Outcome {
        ensure_eq!(1 + 1, 3);
        Ok(())
    }

    async fn does_not_fail(store: Arc<dyn Metadata>) -> Outcome {
        ensure_err!(store.projects(&sample::ada()).await, crate::StoreError::NotFound(_));
        Ok(())
    }

    #[tokio::test]
    async fn what_fails_is_named_with_the_reason() {
        let outcome = run(&[CHECKS], async || crate::open_metadata("sqlite::memory:").await).await;
        let failures = outcome.unwrap_err().to_string();
        assert!(failures.starts_with("2 of 3 checks failed"), "{failures}");
        assert!(failures.contains("tests::does_not_hold: line "), "{failures}");
        assert!(failures.contains("1 + 1\n  is 2\n not 3"), "{failures}");
        assert!(failures.contains("Ok([]) is not crate::StoreError::NotFound(_)"), "{failures}");
    }
}
