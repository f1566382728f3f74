//! Lists: runs of blocks that start with bullets or numbers.

mod tagged;

pub(super) use self::tagged::TaggedList;

use compact_str::CompactString;
use model::ListItem;

use super::blocks::{Block, Marker, marker};

/// Items whose marks start nearer than this share of the font size are on one level.
const SAME_LEVEL: f32 = 0.6;

/// The items of a list while it is read.
#[derive(Debug)]
pub(super) struct OpenList {
    items: Vec<Item>,
    pub(super) page: u32,
    /// How far to the right of the list's first column its current one stands.
    shift: f32,
}

#[derive(Debug)]
struct Item {
    marker: Marker,
    /// Where its mark starts, and where its text does.
    u0: f32,
    text_u0: f32,
    size: f32,
    label: CompactString,
    text: String,
}

/// A list that has ended.
pub(super) enum Closed {
    /// A list by all signs.
    List(bool, Vec<ListItem>),
    /// Numbers that do not count up belong to the text: the items as paragraphs.
    Paragraphs(Vec<String>),
}

impl OpenList {
    /// Starts a list with a block, if that starts with a mark; `text` is the block's text.
    pub(super) fn start(block: &Block, text: &str) -> Option<Self> {
        Some(Self { items: vec![Item::of(block, text)?], page: block.page, shift: 0.0 })
    }

    /// Adds a block if it belongs to the list: as an item or as the rest of the last one.
    pub(super) fn add(&mut self, block: &Block, text: &str) -> bool {
        let Some(first) = block.lines.first() else { return false };
        if let Some(mut item) = Item::of(block, text) {
            if block.above.is_none() {
                self.shift = self.shift_to(&item);
            }
            item.u0 -= self.shift;
            item.text_u0 -= self.shift;
            let goes_on = self.takes(&item);
            if goes_on {
                self.items.push(item);
            }
            return goes_on;
        }
        let Some(last) = self.items.last_mut() else { return false };
        let continues = (first.u0 - self.shift - last.text_u0).abs() < SAME_LEVEL * last.size
            && (first.size - last.size).abs() < 0.6;
        if continues {
            last.text.push(' ');
            last.text.push_str(text);
        }
        continues
    }

    /// How far a new column or page moves the list, told from the first item there: items with the
    /// same mark are on one level.
    fn shift_to(&self, item: &Item) -> f32 {
        let off = |before: &Item| item.u0 - before.u0;
        let in_place = |before: &Item| off(before).abs() < SAME_LEVEL * item.size;
        if self.items.iter().any(in_place) {
            return 0.0;
        }
        let alike = |before: &&Item| match (before.marker, item.marker) {
            (Marker::Bullet, Marker::Bullet) => before.label == item.label,
            (Marker::Number(before), Marker::Number(number)) => before.checked_add(1) == Some(number),
            _ => false,
        };
        self.items.iter().rev().find(alike).map_or(0.0, off)
    }

    /// Whether an item belongs to this list and does not start another one.
    fn takes(&self, item: &Item) -> bool {
        let Some(first) = self.items.first() else { return true };
        let deeper = item.u0 > first.u0 + SAME_LEVEL * item.size;
        match (first.marker, item.marker) {
            _ if deeper => true,
            _ if item.u0 < first.u0 - SAME_LEVEL * item.size => false,
            (Marker::Bullet, Marker::Bullet) => true,
            (Marker::Number(_), Marker::Number(number)) => number != 1,
            _ => false,
        }
    }

    pub(super) fn close(self) -> Closed {
        let mut levels: Vec<f32> = Vec::new();
        let mut counts: Vec<Option<u32>> = Vec::new();
        let mut counting = true;
        let mut items = Vec::with_capacity(self.items.len());
        for item in &self.items {
            while levels.last().is_some_and(|u0| item.u0 < u0 - SAME_LEVEL * item.size) {
                levels.pop();
            }
            if levels.last().is_none_or(|u0| item.u0 > u0 + SAME_LEVEL * item.size) {
                levels.push(item.u0);
            }
            counts.resize(levels.len(), None);
            let number = match item.marker {
                Marker::Bullet => None,
                Marker::Number(number) => Some(number),
            };
            if let (Some(count), Some(number)) = (counts.last_mut(), number) {
                counting &= count.is_none_or(|before| number.checked_sub(1) == Some(before));
                *count = Some(number);
            }
            let level = u8::try_from(levels.len() - 1).unwrap_or(u8::MAX).min(8);
            items.push(ListItem { level, text: item.text.clone(), number });
        }
        let numbered = items.iter().all(|item| item.number.is_some());
        if numbered && !(counting && items.len() > 1) {
            return Closed::Paragraphs(
                self.items.into_iter().map(|item| format!("{} {}", item.label, item.text)).collect(),
            );
        }
        let ordered = items.iter().filter(|item| item.level == 0).all(|item| item.number.is_some());
        Closed::List(ordered, items)
    }
}

impl Item {
    fn of(block: &Block, text: &str) -> Option<Self> {
        let line = block.lines.first()?;
        let marker = marker(line)?;
        let word = line.words.first()?;
        let label = match marker {
            // A bullet may be set without a gap to its text.
            Marker::Bullet => word.text.chars().take(1).collect(),
            Marker::Number(_) => word.text.clone(),
        };
        let text = text.strip_prefix(label.as_str()).unwrap_or(text).trim_start().to_owned();
        let text_u0 = line.words.get(1).map_or(word.u0, |word| word.u0);
        (!text.is_empty()).then_some(Self { marker, u0: line.u0, text_u0, size: line.size, label, text })
    }
}
