//! Lists as formats nest them, flattened into blocks.

use model::ListItem;

use crate::Draft;

/// The deepest level that is told apart.
const MAX_LEVEL: usize = 15;

/// A list under construction: the lists that are open within one another, and the items so far.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// Whether each open list is ordered, outermost first.
    open: Vec<bool>,
    items: Vec<ListItem>,
    /// Whether text goes on with the last item rather than starting one.
    goes_on: bool,
}

impl Lists {
    /// Whether text belongs to a list.
    pub(crate) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Starts a list, or one within the innermost.
    pub(crate) fn start(&mut self, ordered: bool) {
        self.open.push(ordered);
        self.goes_on = false;
    }

    /// Starts an item.
    pub(crate) fn item(&mut self) {
        self.goes_on = false;
    }

    /// Adds text to the open item; after a nested list or another block it is one of its own.
    pub(crate) fn text(&mut self, text: &str) {
        match self.items.last_mut() {
            Some(item) if self.goes_on => {
                item.text.push('\n');
                item.text.push_str(text);
            }
            _ => {
                let level = self.open.len().saturating_sub(1).min(MAX_LEVEL);
                self.items.push(ListItem { level: u8::try_from(level).unwrap_or(0), text: text.to_owned() });
            }
        }
        self.goes_on = true;
    }

    /// Ends the innermost list; the outermost becomes a block.
    pub(crate) fn end(&mut self, draft: &mut Draft) {
        let ordered = self.open.pop().unwrap_or(false);
        self.goes_on = false;
        if self.open.is_empty() {
            self.put(ordered, draft);
        }
    }

    /// Puts out the items so far, before a block that cannot be part of a list.
    pub(crate) fn interrupt(&mut self, draft: &mut Draft) {
        self.put(self.open.first().copied().unwrap_or(false), draft);
        self.goes_on = false;
    }

    fn put(&mut self, ordered: bool, draft: &mut Draft) {
        let items = std::mem::take(&mut self.items);
        if !items.is_empty() {
            draft.list(ordered, items, None);
        }
    }
}
