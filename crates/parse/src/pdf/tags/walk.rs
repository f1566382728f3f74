//! The walk over the structure tree.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use hayro_syntax::{
    Pdf,
    object::{Dict, MaybeRef, Name, Object, ObjectIdentifier},
    xref::XRef,
};

use super::{
    Item, Marks, Role, Tag, Tags,
    grid::Grid,
    names::{Type, type_of},
};

/// How deep elements may nest.
const MAX_DEPTH: usize = 200;
/// The most elements and marked contents that are read.
const MAX_KIDS: usize = 2_000_000;

/// The tag of all running text.
const TEXT: Tag = Tag(1);

/// Reads the structure tree of a document, if there is one.
pub(super) fn tags(pdf: &Pdf) -> Tags {
    let xref = pdf.xref();
    let tree = xref.get::<Dict<'_>>(xref.root_id()).and_then(|root| root.get::<Dict<'_>>("StructTreeRoot"));
    let Some(tree) = tree else { return Tags::default() };
    let mut walk = Walk {
        xref,
        names: tree.get("RoleMap"),
        types: HashMap::new(),
        roles: vec![Role::Text, Role::Text],
        marks: HashMap::new(),
        seen: HashSet::new(),
        left: MAX_KIDS,
        counts: Counts::default(),
        grids: Vec::new(),
        sections: vec![false],
    };
    walk.kids(&tree, &Within { tag: TEXT, page: None, list: None, depth: 0 });
    Tags {
        roles: walk.roles,
        marks: walk.marks.into_iter().map(|(id, marks)| (id, Arc::new(marks))).collect(),
    }
}

struct Walk<'a> {
    xref: &'a XRef,
    /// The document's own names of structure types.
    names: Option<Dict<'a>>,
    types: HashMap<Name<'a>, Type>,
    roles: Vec<Role>,
    marks: HashMap<ObjectIdentifier, Marks>,
    /// Elements that were read, so that no circle is walked twice.
    seen: HashSet<ObjectIdentifier>,
    left: usize,
    counts: Counts,
    /// The tables that are open, one within the other.
    grids: Vec<Grid>,
    /// For each open element, whether it had a heading of its own.
    sections: Vec<bool>,
}

#[derive(Debug, Default)]
struct Counts {
    lists: u32,
    items: u32,
    tables: u32,
}

/// What an element stands in.
#[derive(Debug, Clone, Copy)]
struct Within {
    tag: Tag,
    page: Option<ObjectIdentifier>,
    /// The outermost list, and how deep the innermost is within it.
    list: Option<(u32, u8)>,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn kids(&mut self, element: &Dict<'a>, within: &Within) {
        match element.get_raw::<Object<'a>>("K") {
            Some(MaybeRef::NotRef(Object::Array(kids))) => {
                kids.raw_iter().for_each(|kid| self.kid(kid, within))
            }
            Some(MaybeRef::Ref(id)) => match self.xref.get::<Object<'a>>(id.into()) {
                Some(Object::Array(kids)) => kids.raw_iter().for_each(|kid| self.kid(kid, within)),
                _ => self.kid(MaybeRef::Ref(id), within),
            },
            Some(kid) => self.kid(kid, within),
            None => {}
        }
    }

    fn kid(&mut self, kid: MaybeRef<Object<'a>>, within: &Within) {
        if self.left == 0 || within.depth >= MAX_DEPTH {
            return;
        }
        self.left -= 1;
        let kid = match kid {
            MaybeRef::NotRef(kid) => Some(kid),
            MaybeRef::Ref(id) if self.seen.insert(id.into()) => self.xref.get::<Object<'a>>(id.into()),
            MaybeRef::Ref(_) => None,
        };
        match kid {
            Some(Object::Number(number)) => {
                if let Some(page) = within.page {
                    self.mark(page, number.as_i64(), within.tag);
                }
            }
            Some(Object::Dict(dict)) => match dict.get::<Name<'a>>("S") {
                Some(name) => self.element(&dict, name, within),
                // A reference to marked content, of a form if there is a stream.
                None => {
                    let place = dict.get_ref("Stm").or_else(|| dict.get_ref("Pg")).map(Into::into);
                    if let (Some(place), Some(number)) = (place.or(within.page), dict.get::<i32>("MCID")) {
                        self.mark(place, number.into(), within.tag);
                    }
                }
            },
            _ => {}
        }
    }

    fn mark(&mut self, place: ObjectIdentifier, number: i64, tag: Tag) {
        if let Ok(number) = i32::try_from(number) {
            self.marks.entry(place).or_default().entry(number).or_insert(tag);
        }
    }

    fn element(&mut self, element: &Dict<'a>, name: Name<'a>, within: &Within) {
        let kind = match self.types.get(&name) {
            Some(kind) => *kind,
            None => {
                let kind = type_of(&name, self.names.as_ref());
                self.types.insert(name, kind);
                kind
            }
        };
        let mut inner = *within;
        inner.depth += 1;
        inner.page = element.get_ref("Pg").map(Into::into).or(within.page);
        let role = self.role(within.tag);
        let in_cell = matches!(role, Role::Cell { .. });
        match kind {
            Type::Heading(level) if !in_cell => inner.tag = self.add(Role::Heading(level)),
            Type::SectionHeading if !in_cell => inner.tag = self.section_heading(),
            Type::List if !in_cell => {
                inner.list = Some(match within.list {
                    Some((list, level)) => (list, level.saturating_add(1)),
                    None => (count(&mut self.counts.lists), 0),
                });
            }
            Type::Item if !in_cell => {
                let (list, level) = within.list.unwrap_or_default();
                let number = count(&mut self.counts.items);
                inner.tag = self.add(Role::Item(Item { list, number, level, label: false }));
            }
            Type::Label => {
                if let Role::Item(item) = role {
                    inner.tag = self.add(Role::Item(Item { label: true, ..item }));
                }
            }
            Type::Table => {
                inner.tag = TEXT;
                inner.list = None;
                self.grids.push(Grid::new(count(&mut self.counts.tables)));
            }
            Type::Row => self.grids.last_mut().into_iter().for_each(Grid::begin_row),
            Type::Cell => {
                if let Some(grid) = self.grids.last_mut() {
                    let (row, column) = grid.place(element);
                    let table = grid.table;
                    inner.tag = self.add(Role::Cell { table, row, column });
                }
            }
            Type::Apart if !in_cell => inner.tag = TEXT,
            _ => {}
        }
        self.sections.push(false);
        self.kids(element, &inner);
        self.sections.pop();
        if kind == Type::Table {
            self.grids.pop();
        }
    }

    fn role(&self, tag: Tag) -> Role {
        self.roles.get(tag.0 as usize).copied().unwrap_or(Role::Text)
    }

    fn add(&mut self, role: Role) -> Tag {
        let tag = u32::try_from(self.roles.len()).map_or(TEXT, Tag);
        self.roles.push(role);
        tag
    }

    /// A heading without a level of its own: one deeper than the headings of the sections around its own.
    fn section_heading(&mut self) -> Tag {
        let Some((own, around)) = self.sections.split_last_mut() else { return TEXT };
        *own = true;
        let level = 1 + around.iter().filter(|had_heading| **had_heading).count().min(5);
        self.add(Role::Heading(level as u8))
    }
}

/// Counts one more; the number before.
fn count(counter: &mut u32) -> u32 {
    let number = *counter;
    *counter = counter.saturating_add(1);
    number
}
