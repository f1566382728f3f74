use tracing_subscriber::{layer::SubscriberExt, registry};

use super::*;
use crate::SystemClock;

/// What the layer takes of what is said meanwhile.
fn taken(say: impl FnOnce()) -> (Vec<LogEntry>, u64) {
    let (layer, mut writer) = store_logs(Arc::new(SystemClock));
    tracing::subscriber::with_default(registry().with(layer), say);
    let mut entries = Vec::new();
    while let Ok(entry) = writer.lines.try_recv() {
        entries.push(entry);
    }
    (entries, writer.dropped.load(Ordering::Relaxed))
}

#[test]
fn events_become_lines_with_their_fields() {
    let left: Option<u64> = None;
    let (lines, _) = taken(|| {
        tracing::info!(target: LOG_TARGET, done = 3_u64, rate = 1.5, document = "a.md", left, "progress");
        tracing::warn!(target: "llm::gateway", error = %"503", "asked again");
    });
    assert_eq!(lines[0].message, "progress");
    assert_eq!(
        serde_json::json!(lines[0].fields),
        serde_json::json!({"done": 3, "rate": 1.5, "document": "a.md"})
    );
    assert_eq!((lines[1].level, lines[1].message.as_str()), (LogLevel::Warn, "asked again"));
    assert_eq!(lines[1].fields["error"], "503");
}

#[test]
fn what_is_not_ours_or_too_fine_is_left_out() {
    let (lines, _) = taken(|| {
        tracing::debug!(target: LOG_TARGET, "fine");
        tracing::error!(target: "hyper::client", "not ours");
        tracing::error!(target: "generational", "only begins like ours");
        tracing::error!(target: UNWRITTEN, "would go in circles");
    });
    assert_eq!(lines, []);
}

#[test]
fn long_texts_are_cut_and_a_full_queue_drops() {
    let long = "x".repeat(100_000);
    let (lines, dropped) = taken(|| {
        for _ in 0..QUEUE + 5 {
            tracing::info!(target: LOG_TARGET, quoted = long, shown = %long, "line");
        }
    });
    assert_eq!((lines.len(), dropped), (QUEUE, 5));
    assert_eq!(lines[0].fields["quoted"].as_str().unwrap().len(), 2_000);
    assert_eq!(lines[0].fields["shown"].as_str().unwrap().len(), 2_000);
}

#[tokio::test]
async fn lines_are_gathered_up_to_a_batch() {
    let (layer, mut writer) = store_logs(Arc::new(SystemClock));
    tracing::subscriber::with_default(registry().with(layer), || {
        for _ in 0..BATCH + 1 {
            tracing::info!(target: LOG_TARGET, "line");
        }
    });
    let end = CancellationToken::new();
    let mut batch = Vec::new();
    writer.gather(&mut batch, &end).await;
    assert_eq!(batch.len(), BATCH);
    batch.clear();
    end.cancel();
    writer.gather(&mut batch, &end).await;
    assert_eq!(batch.len(), 1, "what waits at the end is written");
}
