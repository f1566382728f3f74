//! How far a generation is: a bar with rate and time left on a terminal, a line at every tenth
//! elsewhere. It reads what the store says, so that it is true whoever does the work.

use std::{sync::Arc, time::Duration};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use jobs::Environment;
use model::{GenerationId, Phase, UserId};
use store::UnitCounts;
use tokio::task::JoinHandle;

use crate::printer::Printer;

/// How often the store is asked, where a person watches and where not.
const WATCHED: Duration = Duration::from_millis(150);
const UNWATCHED: Duration = Duration::from_millis(1000);

/// Shows a generation's progress until it is dropped.
pub(crate) struct Progress(JoinHandle<()>);

impl Progress {
    /// Starts to show it.
    pub(crate) fn start(
        printer: &Printer,
        environment: &Arc<Environment>,
        user: &UserId,
        id: GenerationId,
    ) -> Self {
        let (printer, environment, user) = (printer.clone(), Arc::clone(environment), user.clone());
        Self(tokio::spawn(async move { watch(&printer, &environment, &user, id).await }))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn watch(printer: &Printer, environment: &Environment, user: &UserId, id: GenerationId) {
    let mut shown: Option<Shown> = None;
    loop {
        let Ok(Some(generation)) = environment.metadata.generation(user, id).await else { return };
        let Some(phase) = generation.status.phase() else {
            tokio::time::sleep(WATCHED).await;
            continue;
        };
        let Ok(counts) = environment.metadata.unit_counts(id, phase).await else { return };
        if shown.as_ref().is_none_or(|shown| shown.phase != phase) {
            shown = Some(Shown::new(printer, phase, counts));
        }
        if let Some(shown) = &mut shown {
            shown.update(printer, counts);
        }
        tokio::time::sleep(if printer.is_terminal() { WATCHED } else { UNWATCHED }).await;
    }
}

/// The progress of one phase as shown.
struct Shown {
    phase: Phase,
    bar: ProgressBar,
    /// Tenths that a line was printed for.
    tenths: u64,
}

impl Shown {
    fn new(printer: &Printer, phase: Phase, counts: UnitCounts) -> Self {
        let bar = printer.bars().add(ProgressBar::new(counts.total()));
        bar.set_style(style());
        bar.set_prefix(verb(phase));
        bar.set_position(counts.ended());
        bar.reset_eta();
        bar.enable_steady_tick(WATCHED);
        let tenths = tenths(counts);
        Self { phase, bar, tenths }
    }

    fn update(&mut self, printer: &Printer, counts: UnitCounts) {
        self.bar.set_length(counts.total());
        self.bar.set_position(counts.ended());
        if counts.failed > 0 {
            self.bar.set_message(format!("{} failed", counts.failed));
        }
        let tenths = tenths(counts);
        if !printer.is_terminal() && tenths > self.tenths {
            self.tenths = tenths;
            let (verb, failed) = (verb(self.phase), counts.failed);
            let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
            printer.note(format!("{verb}: {} of {}{failed}", counts.ended(), counts.total()));
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn tenths(counts: UnitCounts) -> u64 {
    (counts.ended() * 10).checked_div(counts.total()).unwrap_or_default()
}

fn verb(phase: Phase) -> &'static str {
    match phase {
        Phase::Parse => "parsing",
        Phase::Generate => "generating",
        Phase::Validate => "validating",
    }
}

fn style() -> ProgressStyle {
    let template = "{prefix:>10} {bar:32} {pos}/{len}  {rate}  {eta} left  {msg}";
    // The template is fixed: were it wrong, the plain bar would show.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()).with_key(
        "rate",
        |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // Nothing is lost where a bar cannot be drawn.
            let _ = write!(out, "{:.1}/s", state.per_sec());
        },
    )
}
