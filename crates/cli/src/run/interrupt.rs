//! Ctrl-C: the first one ends the run cleanly, the second at once.

use tokio_util::sync::CancellationToken;

use crate::{failure::Exit, printer::Printer};

/// A token that is cancelled by the first Ctrl-C or termination signal, which is answered with `note`.
pub(crate) fn token(printer: &Printer, note: &'static str) -> CancellationToken {
    let (stop, printer) = (CancellationToken::new(), printer.clone());
    let token = stop.clone();
    tokio::spawn(async move {
        signal().await;
        printer.note(note);
        token.cancel();
        signal().await;
        // Nothing is lost by this: what is done is stored, and leases of a dead process are free.
        std::process::exit(Exit::Interrupted as i32);
    });
    stop
}

/// Says how to go on.
pub(crate) fn say(printer: &Printer) -> Exit {
    let command: Vec<String> = std::env::args().map(|word| quoted(&word)).collect();
    printer.note("interrupted; what was done is kept. To go on, run the same command again:");
    printer.note(format!("  {}", command.join(" ")));
    Exit::Interrupted
}

fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./=:,@%+".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    match (interrupt, terminate) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        // Without handlers the signals end the process as they do any other.
        _ => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("examples/documents"), "examples/documents");
        assert_eq!(quoted("my docs"), "'my docs'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
