//! What keeps generations from getting on: said once in their log, and when it is over; and not run into again at once.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use model::GenerationId;
use tokio::time::Instant;

/// What is known to keep generations from getting on.
#[derive(Default)]
pub(super) struct Troubles(HashMap<GenerationId, Trouble>);

struct Trouble {
    text: String,
    /// Until when the generation is left alone.
    until: Instant,
}

/// What there is to say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    /// It does not get on, for another reason than before.
    Stuck,
    /// It gets on again.
    Over,
    /// Nothing new.
    None,
}

impl Troubles {
    /// Notes how it stands with a generation, to be left alone for a while.
    pub(super) fn note(&mut self, id: GenerationId, text: Option<&str>, pause: Duration) -> News {
        let Some(text) = text else {
            return if self.0.remove(&id).is_some() { News::Over } else { News::None };
        };
        let trouble = Trouble { text: text.to_owned(), until: Instant::now() + pause };
        let before = self.0.insert(id, trouble);
        if before.is_some_and(|before| before.text == text) { News::None } else { News::Stuck }
    }

    /// Whether a generation is to be left alone for now.
    pub(super) fn pauses(&self, id: GenerationId) -> bool {
        self.0.get(&id).is_some_and(|trouble| Instant::now() < trouble.until)
    }

    /// Forgets all but these.
    pub(super) fn keep(&mut self, unended: &HashSet<GenerationId>) {
        self.0.retain(|id, _| unended.contains(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_trouble_is_news_once() {
        let (mut troubles, id) = (Troubles::default(), GenerationId::new(model::Time::UNIX_EPOCH, [0; 10]));
        let pause = Duration::from_secs(2);
        assert_eq!(troubles.note(id, None, pause), News::None);
        assert_eq!(troubles.note(id, Some("no image"), pause), News::Stuck);
        assert_eq!(troubles.note(id, Some("no image"), pause), News::None);
        assert_eq!(troubles.note(id, Some("no node"), pause), News::Stuck);
        assert!(troubles.pauses(id));
        tokio::time::advance(pause).await;
        assert!(!troubles.pauses(id));
        assert_eq!(troubles.note(id, None, pause), News::Over);
        assert_eq!(troubles.note(id, None, pause), News::None);
    }
}
