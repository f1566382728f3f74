use proptest::prelude::*;
use rstest::rstest;

use super::*;

const BOUNDS: Bounds = Bounds { deadline: Duration::from_secs(100), retries: 2 };

fn counts(pending: u64, done: u64) -> UnitCounts {
    UnitCounts { pending, done, ..UnitCounts::default() }
}

fn at(second: i64) -> Time {
    Time::from_second(second).unwrap()
}

fn running() -> JobState {
    JobState::Running { since: at(0), trouble: None }
}

fn ended(ok: bool) -> JobState {
    JobState::Ended { ok, detail: "signal: 9".into() }
}

fn known(ended: u64, barren: u32) -> Option<Launched> {
    Some(Launched { ended, barren })
}

use GenerationStatus::{Cancelled, Completed, Failed, Generating, Parsing, Pending, Validating};

#[rstest]
#[case::has_to_wait(Pending, false, counts(3, 0), JobState::Absent, None, 0, Action::Wait)]
#[case::may_start(Pending, true, counts(3, 0), JobState::Absent, None, 0, Action::Start)]
#[case::first_launch(Parsing, false, counts(3, 0), JobState::Absent, None, 0, Action::Launch { barren: 0 })]
#[case::at_work(Generating, false, counts(3, 1), running(), known(0, 0), 99, Action::Wait)]
#[case::about_to_end(Generating, false, counts(0, 4), running(), known(0, 0), 99, Action::Wait)]
#[case::done(Generating, false, counts(0, 4), ended(true), known(0, 0), 5, Action::Finish)]
#[case::died_after_the_last(Parsing, false, counts(0, 4), ended(false), known(4, 2), 5, Action::Finish)]
#[case::nothing_to_validate(Validating, false, counts(0, 0), JobState::Absent, None, 5, Action::Finish)]
#[case::died_after_progress(Parsing, false, counts(3, 1), ended(false), known(0, 2), 5, Action::Launch { barren: 0 })]
#[case::first_death(Parsing, false, counts(3, 1), ended(false), known(1, 0), 5, Action::Launch { barren: 1 })]
#[case::second_death(Parsing, false, counts(3, 1), JobState::Absent, known(1, 1), 5, Action::Launch { barren: 2 })]
#[case::death_unseen(Parsing, false, counts(3, 1), ended(false), None, 5, Action::Launch { barren: 1 })]
#[case::says_done_and_is_not(Parsing, false, counts(3, 1), ended(true), known(1, 0), 5, Action::Launch { barren: 1 })]
#[case::late_after_progress(Generating, false, counts(3, 1), running(), known(0, 0), 100, Action::Replace)]
#[case::late_with_nothing_left(Generating, false, counts(0, 4), running(), known(0, 0), 100, Action::Stop)]
#[case::cancelled(Cancelled, false, counts(3, 1), running(), known(0, 0), 5, Action::Stop)]
#[case::failed(Failed, true, counts(3, 1), ended(false), known(0, 0), 5, Action::Wait)]
#[case::completed(Completed, true, counts(0, 1), JobState::Absent, None, 5, Action::Wait)]
fn decisions(
    #[case] status: GenerationStatus,
    #[case] has_room: bool,
    #[case] counts: UnitCounts,
    #[case] job: JobState,
    #[case] launched: Option<Launched>,
    #[case] second: i64,
    #[case] action: Action,
) {
    let view = View { status, has_room, counts, job: &job, launched, now: at(second) };
    assert_eq!(decide(&view, BOUNDS), action);
}

#[rstest]
#[case::third_death(
    ended(false),
    known(1, 2),
    5,
    "3 times without finishing anything, the last one with signal: 9"
)]
#[case::late(running(), known(1, 0), 100, "ran for 100 s and finished nothing")]
#[case::late_and_adopted(running(), None, 100, "ran for 100 s and finished nothing")]
fn failures_say_what_happened_and_what_to_do(
    #[case] job: JobState,
    #[case] launched: Option<Launched>,
    #[case] second: i64,
    #[case] words: &str,
) {
    let view = View {
        status: Generating,
        has_room: false,
        counts: counts(3, 1),
        job: &job,
        launched,
        now: at(second),
    };
    let Action::Fail(reason) = decide(&view, BOUNDS) else { panic!("{:?}", decide(&view, BOUNDS)) };
    assert!(reason.contains(words) && reason.contains("then resume it"), "{reason}");
}

proptest! {
    /// Jobs that finish some units, or none, and die; until all is done or the generation fails.
    #[test]
    fn it_fails_at_the_third_barren_death_in_a_row_and_never_before(
        lives in proptest::collection::vec(0_u64..3, 1..60),
    ) {
        let total = 20;
        let (mut done, mut barren_deaths, mut launched) = (0, 0, None);
        let mut job = JobState::Absent;
        for finished in lives {
            let view = View {
                status: Parsing, has_room: true, counts: counts(total - done, done), job: &job, launched, now: at(5),
            };
            match decide(&view, BOUNDS) {
                Action::Finish => {
                    prop_assert_eq!(done, total);
                    return Ok(());
                }
                Action::Fail(_) => {
                    prop_assert_eq!(barren_deaths, 3);
                    return Ok(());
                }
                Action::Launch { barren } => {
                    prop_assert!(done < total && barren_deaths < 3);
                    prop_assert_eq!(barren, barren_deaths);
                    launched = Some(Launched { ended: done, barren });
                }
                other => prop_assert!(false, "{:?}", other),
            }
            let finished = finished.min(total - done);
            done += finished;
            barren_deaths = if finished == 0 { barren_deaths + 1 } else { 0 };
            job = ended(false);
        }
    }
}
