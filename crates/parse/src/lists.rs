//! Lists as formats nest them, flattened into blocks.

use model::ListItem;

use crate::Draft;

/// The deepest level that is told apart.
const MAX_LEVEL: usize = 15;

/// A list under construction: the lists that are open within one another, and the items so far.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// The number of the next item of each open list, outermost first; `None`: bullets.
    open: Vec<Option<u32>>,
    items: Vec<ListItem>,
    next: Next,
}

/// What the next text is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Next {
    /// The start of an item with this number.
    Item(Option<u32>),
    /// More of the last item.
    GoesOn,
    /// What stands behind a nested list or another block in an item.
    #[default]
    Behind,
}

impl Lists {
    /// Whether text belongs to a list.
    pub(crate) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Starts a list, or one within the innermost: numbered from `first`, or of bullets.
    pub(crate) fn start(&mut self, first: Option<u32>) {
        self.open.push(first);
        self.next = Next::Item(None);
    }

    /// Starts an item; `value` sets the number from which a numbered list goes on.
    pub(crate) fn item(&mut self, value: Option<u32>) {
        let number = match self.open.last_mut() {
            Some(Some(next)) => {
                let number = value.unwrap_or(*next);
                *next = number.saturating_add(1);
                Some(number)
            }
            _ => None,
        };
        self.next = Next::Item(number);
    }

    /// Adds text to the open item. Behind a nested list of bullets it is an item of its own; behind
    /// anything else it is a paragraph, after which the list goes on.
    pub(crate) fn text(&mut self, text: &str, draft: &mut Draft) {
        let is_bulleted = matches!(self.open.last(), Some(None));
        match (self.next, self.items.last_mut()) {
            (Next::GoesOn, Some(item)) => {
                item.text.push('\n');
                item.text.push_str(text);
            }
            (Next::Item(number), _) => self.push(number, text),
            (_, Some(_)) if is_bulleted => self.push(None, text),
            _ => {
                self.interrupt(draft);
                draft.paragraph(text, None);
            }
        }
    }

    fn push(&mut self, number: Option<u32>, text: &str) {
        let level = self.open.len().saturating_sub(1).min(MAX_LEVEL);
        self.items.push(ListItem { level: u8::try_from(level).unwrap_or(0), text: text.to_owned(), number });
        self.next = Next::GoesOn;
    }

    /// Ends the innermost list; the outermost becomes a block.
    pub(crate) fn end(&mut self, draft: &mut Draft) {
        self.open.pop();
        self.next = Next::Behind;
        if self.open.is_empty() {
            self.put(draft);
        }
    }

    /// Puts out the items so far, before a block that cannot be part of a list.
    pub(crate) fn interrupt(&mut self, draft: &mut Draft) {
        self.put(draft);
        if self.next == Next::GoesOn {
            self.next = Next::Behind;
        }
    }

    fn put(&mut self, draft: &mut Draft) {
        let items = std::mem::take(&mut self.items);
        let outermost = items.iter().min_by_key(|item| item.level);
        if let Some(ordered) = outermost.map(|item| item.number.is_some()) {
            draft.list(ordered, items, None);
        }
    }
}
