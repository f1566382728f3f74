//! Lines to blocks: runs of lines that belong together by spacing, indent and face.

use rustc_hash::FxHashMap;

use super::{Line, PageLines, tables, tagged::Tagged};
use crate::pdf::geometry::Direction;

/// At most so many lines are looked at to find those beside one.
const MAX_BESIDE: usize = 64;

/// Lines that belong together.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) lines: Vec<Line>,
    /// The page of the first line, from 1.
    pub(super) page: u32,
    /// The distance to the baseline above it in points, where it has a block above in its column.
    pub(super) above: Option<f32>,
    /// Its rows, where it is a table.
    pub(super) table: Option<Vec<Vec<String>>>,
    /// Whether it stands in the lowest third of its page.
    low: bool,
}

impl Block {
    /// Its lines, a blank between them.
    pub(super) fn text(&self) -> String {
        self.lines.iter().map(Line::text).collect::<Vec<_>>().join(" ")
    }

    /// The font size of its first line.
    pub(super) fn size(&self) -> f32 {
        self.lines.first().map_or(0.0, |line| line.size)
    }

    pub(super) fn is_bold(&self) -> bool {
        self.lines.iter().all(|line| line.style.bold)
    }

    /// Whether there is more space above it than between lines.
    pub(super) fn is_apart(&self, body: Body) -> bool {
        self.above.is_none_or(|above| above > self.size() * body.leading * 1.2)
    }

    /// Whether it is a note at the foot of its page: small, low, behind a number or sign.
    pub(super) fn is_footnote(&self, body: Body) -> bool {
        let Some(word) = self.lines.first().and_then(|line| line.words.first()) else { return false };
        let mark = word.text.trim_end_matches(['.', ')']);
        let marked = mark.starts_with(['*', '†', '‡', '§'])
            || mark.chars().take_while(|c| c.is_numeric()).count().clamp(1, 3) == mark.chars().count()
            || (word.text.starts_with(|c: char| c.is_ascii_digit()) && word.size < self.size() * 0.9);
        self.low && marked && self.size() < body.size * 0.93
    }
}

/// Measures of a document's body text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    /// The font size of most characters.
    pub(super) size: f32,
    /// The usual distance of baselines, as a multiple of the font size.
    pub(super) leading: f32,
}

impl Body {
    pub(super) fn of(pages: &[PageLines]) -> Self {
        let mut sizes: FxHashMap<u32, usize> = FxHashMap::default();
        let mut leadings: FxHashMap<u32, usize> = FxHashMap::default();
        for line in pages.iter().flat_map(|page| &page.lines) {
            *sizes.entry((line.size * 2.0).round() as u32).or_default() += line.characters();
        }
        let size = sizes
            .into_iter()
            .max_by_key(|(size, count)| (*count, *size))
            .map_or(10.0, |(size, _)| size as f32 / 2.0);
        for page in pages {
            for pair in page.lines.windows(2) {
                let distance = pair[1].v - pair[0].v;
                if (pair[0].size - size).abs() < 0.6 && (0.8..2.0).contains(&(distance / size)) {
                    *leadings.entry((distance / size * 50.0).round() as u32).or_default() += 1;
                }
            }
        }
        let leading = leadings.into_iter().max_by_key(|(step, count)| (*count, u32::MAX - *step));
        Self { size, leading: leading.map_or(1.2, |(step, _)| step as f32 / 50.0) }
    }
}

/// The blocks of a page.
pub(super) fn blocks(page: PageLines, number: u32, body: Body, tagged: &Tagged) -> Vec<Block> {
    let rights = column_rights(&page.lines);
    let low = page.height * 0.6;
    let (tables, taken) = tables::tables(&page, tagged);
    let mut tables = tables.into_iter().peekable();
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = page.lines.into_iter().zip(rights).enumerate().peekable();
    while let Some((at, (line, right))) = lines.next() {
        if let Some(table) = tables.next_if(|table| table.at == at) {
            blocks.push(Block {
                lines: vec![line],
                page: number,
                above: Some(0.0),
                table: Some(table.rows),
                low: false,
            });
            continue;
        }
        if taken[at] {
            continue;
        }
        let after = lines.peek().map(|(_, (line, _))| line.u0);
        match blocks.last_mut() {
            Some(block) if goes_on(block, &line, right, after, body, tagged) => block.lines.push(line),
            previous => {
                let above = previous
                    .and_then(|block| block.lines.last())
                    .map(|last| line.v - last.v)
                    .filter(|distance| *distance > 0.0);
                let low = line.v > low && line.direction == Direction::Right;
                blocks.push(Block { lines: vec![line], page: number, above, table: None, low });
            }
        }
    }
    blocks
}

/// For each line, how far right the lines that start about where it does reach, short of the next
/// column.
fn column_rights(lines: &[Line]) -> Vec<f32> {
    const COLUMN: f32 = 24.0;
    let column = |line: &Line| (line.direction, (line.u0 / COLUMN).floor() as i32);
    let mut rights: FxHashMap<_, Vec<f32>> = FxHashMap::default();
    for line in lines {
        rights.entry(column(line)).or_default().push(line.u1);
    }
    rights.values_mut().for_each(|rights| rights.sort_by(f32::total_cmp));
    let right_of = |(line, end): (&Line, f32)| {
        let (direction, at) = column(line);
        [at - 1, at, at + 1]
            .into_iter()
            .filter_map(|at| {
                let rights = rights.get(&(direction, at))?;
                rights[..rights.partition_point(|right| *right <= end)].last()
            })
            .fold(line.u1, |a, b| a.max(*b))
    };
    lines.iter().zip(column_ends(lines)).map(right_of).collect()
}

/// For each line, where the text beside it starts, infinite if there is none.
fn column_ends(lines: &[Line]) -> Vec<f32> {
    /// How many font sizes above and below a line others are beside it.
    const BESIDE: f32 = 1.6;
    let mut by_height: Vec<&Line> = lines.iter().collect();
    by_height.sort_by(|a, b| a.v.total_cmp(&b.v));
    let end = |line: &Line| {
        let reach = BESIDE * line.size;
        let start = by_height.partition_point(|other| other.v < line.v - reach);
        by_height[start..]
            .iter()
            .take_while(|other| other.v <= line.v + reach)
            .take(MAX_BESIDE)
            .filter(|other| other.direction == line.direction && other.u0 > line.u1)
            .fold(f32::INFINITY, |end, other| end.min(other.u0))
    };
    lines.iter().map(end).collect()
}

/// Whether a line belongs to the block before it.
fn goes_on(block: &Block, next: &Line, right: f32, after: Option<f32>, body: Body, tagged: &Tagged) -> bool {
    let Some(last) = block.lines.last().filter(|_| block.table.is_none()) else { return false };
    if next.direction != last.direction {
        return false;
    }
    let size = last.size;
    let ratio = next.size / size;
    let distance = next.v - last.v;
    if let Some(one) = tagged.are_one(last, next) {
        return one
            && (0.3 * size..3.0 * size).contains(&distance)
            && (next.style.mono == last.style.mono || tagged.heading(block).is_some());
    }
    if next.style.mono != last.style.mono && goes_on_in_sentence(block, next, right, body) {
        return true;
    }
    if !(0.88..1.14).contains(&ratio) || next.style.mono != last.style.mono || distance <= 0.3 * size {
        return false;
    }
    let leading = match block.lines.as_slice() {
        [.., before, last] => (last.v - before.v).clamp(size * 0.9, size * 2.0) * 1.15,
        _ if (size - body.size).abs() < 0.6 => size * body.leading * 1.15,
        _ => size * 1.5,
    };
    if distance > leading + 0.3 {
        return false;
    }
    if next.style.mono {
        return true;
    }
    if next.style.bold != last.style.bold || starts_item(next) {
        return false;
    }
    let left = block.lines.iter().map(|line| line.u0).fold(f32::INFINITY, f32::min);
    let indent = next.u0 - left;
    let short = right - last.u1 > next.first_width() + 0.6 * size;
    let one = block.lines.len() == 1;
    if indent > 0.8 * size {
        // Either a new paragraph by its indent, or a hanging one below its first line.
        let hanging = one && !short && after.is_some_and(|after| (after - next.u0).abs() < 0.5 * size);
        let labelled = one && starts_item(last);
        if !hanging && !labelled && last.u0 - left < 0.8 * size {
            return false;
        }
    }
    if indent < -0.8 * size && !one {
        return false;
    }
    let ended = is_ended(last);
    let width = (right - left).max(1.0);
    let broken = last
        .words
        .last()
        .is_some_and(|word| word.text.len() > 1 && word.text.ends_with(['-', '‐', '\u{ad}']));
    broken || !(short && (ended || right - last.u1 > 0.35 * width))
}

/// Whether a line goes on with a sentence in which names in a face of fixed width fill whole lines.
fn goes_on_in_sentence(block: &Block, next: &Line, right: f32, body: Body) -> bool {
    let Some(last) = block.lines.last() else { return false };
    let size = block.lines.iter().map(|line| line.size).fold(next.size, f32::max);
    let left = block.lines.iter().map(|line| line.u0).fold(f32::INFINITY, f32::min);
    let text_left = block.lines.get(1).unwrap_or(last).u0;
    let below = (0.3 * size..size * body.leading * 1.15 + 0.3).contains(&(next.v - last.v));
    let hanging =
        block.lines.len() == 1 && starts_item(last) && next.u0 > left && next.u0 < left + 4.0 * size;
    let flush = (next.u0 - text_left).abs() < 0.3 * size || hanging;
    let full = right - last.u1 <= next.first_width() + 0.6 * size;
    let is_text = block.lines.iter().any(|line| !line.style.mono);
    is_text && below && flush && full && !is_ended(last) && !starts_item(next)
}

/// Whether a line ends a sentence.
fn is_ended(line: &Line) -> bool {
    line.words.last().is_some_and(|word| {
        word.text.ends_with(['.', '!', '?', ':', ';', '。', '！', '？', '：']) || word.text.ends_with(".)")
    })
}

/// Whether a line starts with the bullet or number of a list item.
pub(super) fn starts_item(line: &Line) -> bool {
    marker(line).is_some()
}

/// The mark at the start of a list item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Bullet,
    Number(u32),
}

const BULLETS: [char; 21] =
    ['•', '◦', '‣', '▪', '▫', '■', '□', '●', '○', '∙', '⁃', '➢', '➤', '►', '✓', '✔', '❖', '◆', '♦', '·', '–'];

/// The mark of a list item, if a line starts with one.
pub(super) fn marker(line: &Line) -> Option<Marker> {
    let word = line.words.first()?.text.as_str();
    let mut characters = word.chars();
    let first = characters.next()?;
    if line.words.len() > 1
        && characters.next().is_none()
        && (BULLETS.contains(&first) || first == '-' || first == '*')
    {
        return Some(Marker::Bullet);
    }
    if BULLETS[..19].contains(&first) && word.chars().count() > 1 {
        return Some(Marker::Bullet);
    }
    let digits = word.strip_suffix(['.', ')'])?;
    let digits = digits.strip_prefix('(').unwrap_or(digits);
    let short = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    (short && line.words.len() > 1).then(|| digits.parse().ok().map(Marker::Number)).flatten()
}
