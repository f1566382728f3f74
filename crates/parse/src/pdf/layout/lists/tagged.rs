//! Lists by their tags.

use model::ListItem;

use crate::pdf::tags::Item;

/// A list while it is read, with the lists within it.
#[derive(Debug)]
pub(in crate::pdf::layout) struct TaggedList {
    list: u32,
    pub(in crate::pdf::layout) page: u32,
    /// The items, each with its number among the document's.
    items: Vec<(u32, ListItem)>,
}

impl TaggedList {
    /// Starts the list that an item belongs to.
    pub(in crate::pdf::layout) fn start(item: Item, page: u32) -> Self {
        Self { list: item.list, page, items: Vec::new() }
    }

    /// Adds a part of an item with its mark, if the item is of this list.
    pub(in crate::pdf::layout) fn add(&mut self, item: Item, mark: &str, text: &str) -> bool {
        if item.list != self.list {
            return false;
        }
        // After the items within it, an item may go on.
        let at =
            self.items.iter().rposition(|(number, _)| *number == item.number).unwrap_or(self.items.len());
        if at == self.items.len() {
            self.items.push((
                item.number,
                ListItem { level: item.level.min(8), text: String::new(), number: None },
            ));
        }
        let entry = &mut self.items[at].1;
        match Mark::of(mark) {
            Mark::Bullet => {}
            Mark::Number(number) => entry.number = Some(number),
            Mark::Other => push(&mut entry.text, mark),
        }
        push(&mut entry.text, text);
        true
    }

    /// Whether it is numbered, and its items.
    pub(in crate::pdf::layout) fn close(self) -> (bool, Vec<ListItem>) {
        let items: Vec<ListItem> = self.items.into_iter().map(|(_, item)| item).collect();
        let outermost = items.iter().map(|item| item.level).min().unwrap_or_default();
        let ordered = items.iter().filter(|item| item.level == outermost).all(|item| item.number.is_some());
        (ordered, items)
    }
}

fn push(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

/// The mark of an item.
#[derive(Debug, PartialEq, Eq)]
enum Mark {
    /// One that says nothing, or none.
    Bullet,
    Number(u32),
    /// One that belongs to the text, such as `(a)`.
    Other,
}

impl Mark {
    fn of(label: &str) -> Self {
        // Word's bullets of the second level are the letter of a face of fixed width.
        if label == "o" || !label.contains(char::is_alphanumeric) {
            return Self::Bullet;
        }
        let digits = label.trim_end_matches(['.', ')', ':']).trim_start_matches('(');
        let short = digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        short.then(|| digits.parse().ok().map(Self::Number)).flatten().unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("•", Mark::Bullet)]
    #[case("", Mark::Bullet)]
    #[case("o", Mark::Bullet)]
    #[case("12.", Mark::Number(12))]
    #[case("(3)", Mark::Number(3))]
    #[case("(a)", Mark::Other)]
    #[case("2.1", Mark::Other)]
    #[case("Step 1:", Mark::Other)]
    fn marks_are_told_apart(#[case] label: &str, #[case] expected: Mark) {
        assert_eq!(Mark::of(label), expected);
    }

    #[test]
    fn an_item_goes_on_after_the_items_within_it() {
        let item = |number, level| Item { list: 0, number, level, label: false };
        let mut list = TaggedList::start(item(0, 0), 1);
        for (number, level, mark, text) in
            [(0, 0, "1.", "one"), (1, 1, "•", "within"), (0, 0, "", "more"), (2, 0, "2.", "two")]
        {
            assert!(list.add(item(number, level), mark, text));
        }
        assert!(!list.add(Item { list: 1, ..item(3, 0) }, "", "of another list"));
        let (ordered, items) = list.close();
        assert!(ordered);
        let texts: Vec<_> = items.iter().map(|item| (item.level, item.number, item.text.as_str())).collect();
        assert_eq!(texts, [(0, Some(1), "one more"), (1, None, "within"), (0, Some(2), "two")]);
    }
}
