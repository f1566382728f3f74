//! Code: lines in a face of fixed width, with their columns.

use std::collections::HashMap;

use super::{Line, blocks::Block};

/// More empty lines than this within code are cut to as many.
const MAX_EMPTY: usize = 2;
/// The widest indent or gap that is kept, in columns.
const MAX_COLUMNS: usize = 200;

/// Whether a block is code.
pub(super) fn is_code(block: &Block) -> bool {
    block.table.is_none() && block.lines.iter().all(|line| line.style.mono)
}

/// Whether a block goes on with the code of the one before it.
pub(super) fn goes_on(before: &Block, next: &Block) -> bool {
    let (Some(last), Some(first)) = (before.lines.last(), next.lines.first()) else { return false };
    let near = if before.page == next.page {
        (0.0..first.size * 5.0).contains(&(first.v - last.v))
    } else {
        next.page == before.page + 1 && next.above.is_none()
    };
    near && (last.size - first.size).abs() < 0.5 && last.direction == first.direction
}

/// The text of blocks of code: a line each, indents and gaps as blanks.
pub(super) fn code(blocks: &[Block]) -> String {
    // Blocks of one page share their left edge.
    let mut lefts: HashMap<u32, f32> = HashMap::new();
    for block in blocks {
        let left = lefts.entry(block.page).or_insert(f32::INFINITY);
        *left = block.lines.iter().map(|line| line.u0).fold(*left, f32::min);
    }
    let mut text = String::new();
    for (index, block) in blocks.iter().enumerate() {
        let left = lefts.get(&block.page).copied().unwrap_or_default();
        for (at, line) in block.lines.iter().enumerate() {
            if !text.is_empty() {
                text.push('\n');
            }
            if at == 0 && index > 0 {
                let before = blocks[index - 1].lines.last().filter(|_| blocks[index - 1].page == block.page);
                let distance = before.map_or(0.0, |before| line.v - before.v) / (line.size * 1.2).max(1.0);
                let empty = (distance.round() as usize).saturating_sub(1).min(MAX_EMPTY);
                text.extend(std::iter::repeat_n('\n', empty));
            }
            push_line(&mut text, line, left);
        }
    }
    text
}

fn push_line(text: &mut String, line: &Line, left: f32) {
    let characters = line.words.iter().map(|word| word.text.chars().count()).sum::<usize>().max(1);
    let width = line.words.iter().map(|word| word.u1 - word.u0).sum::<f32>() / characters as f32;
    let width = width.max(line.size * 0.3).max(0.1);
    let mut column = 0;
    for word in &line.words {
        let at = (((word.u0 - left) / width).round().max(0.0) as usize).min(MAX_COLUMNS);
        let blanks = at.saturating_sub(column).max(usize::from(column > 0));
        text.extend(std::iter::repeat_n(' ', blanks));
        text.push_str(&word.text);
        column += blanks + word.text.chars().count();
    }
}
