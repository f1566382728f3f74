//! The interpreter of content streams: text and ruled lines, nothing else that is painted.
//!
//! Operators and their meaning: ISO 32000-1, chapters 8 and 9.

mod marked;
mod paths;
mod shown;
mod state;

use std::borrow::Cow;

use hayro_syntax::{
    content::{TypedIter, ops::TypedInstruction},
    object::{Dict, Name, Number, Object, ObjectIdentifier, Stream},
    page::{Page, Resources},
};
use rustc_hash::FxHashMap;

use self::{
    marked::MarkedContent,
    paths::Paths,
    shown::{Part, Shown},
    state::State,
};
use super::{
    fonts::{FontId, Fonts},
    geometry::{Direction, Matrix},
    glyph::{Glyph, PageContent, Text},
    limits::{Cost, MAX_FORM_DEPTH, MAX_GLYPHS_PER_PAGE, MAX_SAVED_STATES, MAX_STREAM_BYTES},
    streams,
    tags::Tags,
};

/// Reads pages; what the pages of a document share is kept from page to page.
pub(super) struct Interpreter<'a> {
    pub(super) fonts: Fonts<'a>,
    /// Forms known to paint no text, such as a logo on every page, with what it took to find out: each page
    /// is charged with that, so that what a page costs does not hang on those before it.
    textless: FxHashMap<ObjectIdentifier, Cost>,
    /// Memory for the strings of one operator.
    strings: Shown,
    /// How many glyphs the page before had: the next one has about as many.
    usual_glyphs: usize,
    tags: Tags,
}

impl<'a> Interpreter<'a> {
    pub(super) fn new(tags: Tags) -> Self {
        Self {
            fonts: Fonts::new(),
            textless: FxHashMap::default(),
            strings: Shown::default(),
            usual_glyphs: 0,
            tags,
        }
    }

    /// What a page shows.
    pub(super) fn page(&mut self, page: &Page<'a>) -> PageContent {
        let (width, height) = page.render_dimensions();
        let glyphs = Vec::with_capacity(self.usual_glyphs);
        let content = PageContent { width, height, glyphs, ..PageContent::default() };
        let to_page = Matrix(page.initial_transform(true).as_coeffs());
        let marks = page.raw().obj_id().and_then(|id| self.tags.marks(id));
        let mut run = Run {
            shared: self,
            content,
            paths: Paths::default(),
            marked: MarkedContent::new(marks),
            state: State::new(to_page),
            saved: Vec::new(),
            depth: 0,
        };
        // The streams of a page are one stream that may be cut between any two tokens.
        let mut data = Cow::Borrowed(&[][..]);
        for stream in contents(page.raw()) {
            if let Some(part) = streams::decode(&stream, &mut run.content.cost)
                && data.len() + part.len() <= MAX_STREAM_BYTES
            {
                if data.is_empty() {
                    data = part;
                } else {
                    data.to_mut().push(b'\n');
                    data.to_mut().extend_from_slice(&part);
                }
            }
        }
        run.stream(&data, page.resources());
        drop(data);
        run.annotations(page, to_page);
        run.finish()
    }
}

fn contents<'a>(page: &Dict<'a>) -> Vec<Stream<'a>> {
    if let Some(stream) = page.get::<Stream<'a>>("Contents") {
        return vec![stream];
    }
    let array = page.get::<hayro_syntax::object::Array<'a>>("Contents");
    array
        .map(|streams| streams.iter::<Object<'a>>().filter_map(Object::into_stream).collect())
        .unwrap_or_default()
}

/// The interpretation of one page.
struct Run<'r, 'a> {
    shared: &'r mut Interpreter<'a>,
    content: PageContent,
    paths: Paths,
    marked: MarkedContent,
    state: State,
    saved: Vec<State>,
    depth: usize,
}

impl<'a> Run<'_, 'a> {
    fn finish(mut self) -> PageContent {
        self.shared.usual_glyphs = self.content.glyphs.len();
        (self.content.rules, self.content.dots) = self.paths.into_rules_and_dots();
        self.content
    }

    fn stream(&mut self, data: &[u8], resources: &Resources<'a>) {
        let mut operators = TypedIter::new(data);
        while self.content.cost.operator()
            && self.content.glyphs.len() < MAX_GLYPHS_PER_PAGE
            && let Some(operator) = operators.next()
        {
            self.operator(&operator, resources);
        }
    }

    fn operator(&mut self, operator: &TypedInstruction<'_, '_>, resources: &Resources<'a>) {
        use TypedInstruction as Op;
        match operator {
            Op::SaveState(_) => self.save(),
            Op::RestoreState(_) => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            Op::Transform(t) => self.state.concat(matrix([t.0, t.1, t.2, t.3, t.4, t.5])),
            Op::XObject(name) => self.x_object(name.0, resources),

            Op::BeginText(_) => self.state.set_text_matrix(Matrix::IDENTITY),
            Op::TextFont(font) => {
                self.state.font = self.font(font.0, resources);
                self.state.size = font.1.as_f64();
            }
            Op::CharacterSpacing(value) => self.state.character_spacing = value.0.as_f64(),
            Op::WordSpacing(value) => self.state.word_spacing = value.0.as_f64(),
            Op::HorizontalScaling(value) => self.state.scaling = value.0.as_f64() / 100.0,
            Op::TextLeading(value) => self.state.leading = value.0.as_f64(),
            Op::TextRise(value) => self.state.rise = value.0.as_f64(),
            Op::SetTextMatrix(t) => self.state.set_text_matrix(matrix([t.0, t.1, t.2, t.3, t.4, t.5])),
            Op::NextLine(by) => self.state.next_line(by.0.as_f64(), by.1.as_f64()),
            Op::NextLineAndSetLeading(by) => {
                self.state.leading = -by.1.as_f64();
                self.state.next_line(by.0.as_f64(), by.1.as_f64());
            }
            Op::NextLineUsingLeading(_) => self.state.next_line(0.0, -self.state.leading),
            Op::ShowText(text) => self.show(text.0.as_bytes()),
            Op::NextLineAndShowText(text) => {
                self.state.next_line(0.0, -self.state.leading);
                self.show(text.0.as_bytes());
            }
            Op::ShowTextWithParameters(text) => {
                self.state.word_spacing = text.0.as_f64();
                self.state.character_spacing = text.1.as_f64();
                self.state.next_line(0.0, -self.state.leading);
                self.show(text.2.as_bytes());
            }
            Op::ShowTexts(parts) => {
                let mut shown = std::mem::take(&mut self.shared.strings);
                shown.read(parts.0);
                for part in shown.parts() {
                    match part {
                        Part::Text(text) => self.show(text),
                        Part::Move(thousandths) => self.adjust(thousandths),
                    }
                }
                self.shared.strings = shown;
            }

            Op::BeginMarkedContent(tag) => self.marked.begin(tag.0, None, resources),
            Op::BeginMarkedContentWithProperties(tag) => self.marked.begin(tag.0, Some(tag.1), resources),
            Op::EndMarkedContent(_) => self.marked.end(),

            other => self.paths.operator(other, self.state.to_page),
        }
    }

    fn save(&mut self) {
        if self.saved.len() < MAX_SAVED_STATES {
            self.saved.push(self.state.clone());
        }
    }

    fn font(&mut self, name: &Name<'_>, resources: &Resources<'a>) -> Option<FontId> {
        match resources.fonts.get_ref(name) {
            Some(reference) => self.shared.fonts.of_reference(reference, || resources.get_font(name)),
            None => self.shared.fonts.load(&resources.get_font(name)?),
        }
    }

    /// Moves on by the number between two strings, in thousandths of the font size.
    fn adjust(&mut self, thousandths: f64) {
        let by = -thousandths / 1000.0 * self.state.size;
        let vertical =
            self.state.font.is_some_and(|id| self.shared.fonts.get_mut(id).is_some_and(|f| f.vertical));
        if vertical {
            self.state.advance(0.0, by);
        } else {
            self.state.advance(by * self.state.scaling, 0.0);
        }
    }

    fn show(&mut self, bytes: &[u8]) {
        let Some(id) = self.state.font else { return };
        let Some(vertical) = self.shared.fonts.get_mut(id).map(|font| font.vertical) else { return };
        let pen = Pen::new(&self.state, vertical, &self.content);
        let mut offset = 0;
        while offset < bytes.len()
            && self.content.glyphs.len() < MAX_GLYPHS_PER_PAGE
            && self.content.cost.glyph()
        {
            let Some(font) = self.shared.fonts.get_mut(id) else { return };
            let (character, code, length) = font.next(bytes, offset);
            offset += length;
            let mut advance = f64::from(character.advance) / 1000.0 * self.state.size;
            self.glyph(id, character.text, advance, &pen);
            advance += self.state.character_spacing;
            if length == 1 && code == 32 {
                advance += self.state.word_spacing;
            }
            if vertical {
                self.state.advance(0.0, advance);
            } else {
                self.state.advance(advance * self.state.scaling, 0.0);
            }
        }
    }

    fn glyph(&mut self, font: FontId, text: Option<Text>, advance: f64, pen: &Pen) {
        self.content.shown += 1;
        if text.is_none() {
            self.content.unmapped += 1;
        }
        let text = self.marked.text(text.unwrap_or_else(|| self.shared.fonts.empty_text()));
        if let Some(text) = text
            && let Some((u0, u1, v)) = pen.place(self.state.origin_on_page(), advance)
        {
            let (size, direction, tag) = (pen.size as f32, pen.direction, self.marked.tag());
            self.content.glyphs.push(Glyph { text, u0, u1, v, size, font, direction, tag });
        }
    }

    fn x_object(&mut self, name: &Name<'_>, resources: &Resources<'a>) {
        let Some(stream) = resources.get_x_object(name) else { return };
        match stream.dict().get::<Name<'_>>("Subtype") {
            Some(kind) if kind.as_ref() == b"Form" => self.form(&stream, resources, Matrix::IDENTITY),
            Some(kind) if kind.as_ref() == b"Image" => self.picture(),
            _ => {}
        }
    }

    /// Notes how much of the page a picture covers, which is painted into the unit square.
    fn picture(&mut self) {
        let (a, b) = self.state.to_page.vector(1.0, 0.0);
        let (c, d) = self.state.to_page.vector(0.0, 1.0);
        let page = f64::from(self.content.width) * f64::from(self.content.height);
        let share = ((a * d - b * c).abs() / page) as f32;
        if share.is_finite() {
            self.content.picture = self.content.picture.max(share);
        }
    }

    /// Paints a form XObject; `placing` maps its own space (after its matrix) to the current one.
    fn form(&mut self, form: &Stream<'a>, resources: &Resources<'a>, placing: Matrix) {
        let id = form.obj_id();
        if self.depth >= MAX_FORM_DEPTH {
            return;
        }
        if let Some(cost) = self.shared.textless.get(&id) {
            self.content.cost = self.content.cost.plus(*cost);
            return;
        }
        let before = (self.content.shown, self.paths.len(), self.content.cost);
        let Some(data) = streams::decode(form, &mut self.content.cost) else { return };
        let own = form.dict().get::<Dict<'a>>("Resources").map(Resources::new);
        let matrix = form.dict().get::<[f64; 6]>("Matrix").map_or(Matrix::IDENTITY, Matrix);
        let (state, saved) = (self.state.clone(), std::mem::take(&mut self.saved));
        self.state.concat(placing);
        self.state.concat(matrix);
        self.depth += 1;
        let open = self.marked.depth();
        let around = self.marked.replace_marks(self.shared.tags.marks(id));
        self.stream(&data, own.as_ref().unwrap_or(resources));
        self.marked.close_to(open);
        self.marked.replace_marks(around);
        self.depth -= 1;
        (self.state, self.saved) = (state, saved);
        // An inherited font or resource could make the same form show text elsewhere.
        let (shown, painted, cost) = before;
        if own.is_some() && (shown, painted) == (self.content.shown, self.paths.len()) && self.depth == 0 {
            self.shared.textless.insert(id, self.content.cost.since(cost));
        }
    }

    /// The appearances of filled form fields, free text and stamps, which belong to the page's text.
    fn annotations(&mut self, page: &Page<'a>, to_page: Matrix) {
        let Some(annotations) = page.raw().get::<hayro_syntax::object::Array<'a>>("Annots") else { return };
        for annotation in annotations.iter::<Dict<'a>>() {
            let hidden = annotation.get::<i32>("F").unwrap_or(0) & 0b10_0010 != 0;
            let kind = annotation.get::<Name<'_>>("Subtype");
            let textual = kind.is_some_and(|kind| {
                matches!(kind.as_ref(), b"Widget" | b"FreeText" | b"Stamp" | b"Watermark")
            });
            if hidden || !textual || !self.content.cost.operator() {
                continue;
            }
            if let Some(form) = appearance(&annotation)
                && let Some(placing) = placing(&annotation, &form)
            {
                self.state = State::new(to_page);
                self.saved.clear();
                self.form(&form, page.resources(), placing);
            }
        }
    }
}

/// What the glyphs of one string share.
struct Pen {
    direction: Direction,
    /// The font size on the page.
    size: f64,
    /// What an advance of 1 moves on the page.
    along: (f64, f64),
    /// How far off the place of the text glyphs stand, on the page.
    rise: (f64, f64),
    /// The page's extent with what may stand out of it.
    bounds: (f64, f64),
    slack: f64,
    /// Whether all this is such that text can be seen.
    can_write: bool,
}

impl Pen {
    fn new(state: &State, vertical: bool, page: &PageContent) -> Self {
        let map = state.text_to_page();
        // Glyphs without an advance still have a writing direction.
        let (dx, dy) = if vertical {
            map.vector(0.0, -1.0)
        } else {
            map.vector((state.scaling * state.size).signum(), 0.0)
        };
        let (ux, uy) = map.vector(0.0, state.size);
        let size = ux.hypot(uy);
        let slack = size.max(10.0);
        Self {
            direction: Direction::of(dx, dy),
            size,
            along: if vertical { map.vector(0.0, 1.0) } else { map.vector(state.scaling, 0.0) },
            rise: map.vector(0.0, state.rise),
            bounds: (f64::from(page.width) + slack, f64::from(page.height) + slack),
            slack,
            can_write: size.is_finite() && size >= 0.01 && map.is_finite(),
        }
    }

    /// From where to where along the writing direction a glyph reaches, and its baseline; nothing where it
    /// stands off the page.
    fn place(&self, origin: (f64, f64), advance: f64) -> Option<(f32, f32, f32)> {
        let start = (self.rise.0 + origin.0, self.rise.1 + origin.1);
        let end = (start.0 + self.along.0 * advance, start.1 + self.along.1 * advance);
        let (u0, v) = self.direction.frame(start.0, start.1);
        let (u1, _) = self.direction.frame(end.0, end.1);
        let is_on_page = (-self.slack..=self.bounds.0).contains(&start.0)
            && (-self.slack..=self.bounds.1).contains(&start.1);
        // What is no number is in no range.
        (self.can_write && is_on_page && u1.is_finite())
            .then(|| (u0.min(u1) as f32, u0.max(u1) as f32, v as f32))
    }
}

/// The normal appearance of an annotation, in its current state.
fn appearance<'a>(annotation: &Dict<'a>) -> Option<Stream<'a>> {
    let appearances = annotation.get::<Dict<'a>>("AP")?;
    if let Some(form) = appearances.get::<Stream<'a>>("N") {
        return Some(form);
    }
    let state = annotation.get::<Name<'a>>("AS")?;
    appearances.get::<Dict<'a>>("N")?.get::<Stream<'a>>(state.as_ref())
}

/// What moves an appearance into its annotation's rectangle (ISO 32000-1, 12.5.5).
fn placing(annotation: &Dict<'_>, form: &Stream<'_>) -> Option<Matrix> {
    let rect = annotation.get::<hayro_syntax::object::Rect>("Rect")?;
    let bbox = form.dict().get::<hayro_syntax::object::Rect>("BBox")?;
    let matrix = form.dict().get::<[f64; 6]>("Matrix").map_or(Matrix::IDENTITY, Matrix);
    let corners = [(bbox.x0, bbox.y0), (bbox.x0, bbox.y1), (bbox.x1, bbox.y0), (bbox.x1, bbox.y1)]
        .map(|(x, y)| matrix.point(x, y));
    let (x0, x1) = bounds(corners.map(|corner| corner.0));
    let (y0, y1) = bounds(corners.map(|corner| corner.1));
    let scale = |from: f64, to: f64| if from.abs() > 1e-6 { to / from } else { 1.0 };
    let (sx, sy) = (scale(x1 - x0, rect.width()), scale(y1 - y0, rect.height()));
    let placing = Matrix([sx, 0.0, 0.0, sy, rect.x0 - x0 * sx, rect.y0 - y0 * sy]);
    placing.is_finite().then_some(placing)
}

fn bounds(values: [f64; 4]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)))
}

fn matrix(numbers: [Number; 6]) -> Matrix {
    Matrix(numbers.map(|number| number.as_f64()))
}
