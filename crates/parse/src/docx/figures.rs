//! What is drawn from parts of its own: charts and diagrams.

use std::collections::HashMap;

use super::chart::Chart;
use super::package::Package;
use super::relationships::Relationships;
use super::xml::{self, Element};
use crate::{Draft, ParseError};

/// More figures than any document has.
const MAX_FIGURES: usize = 1_000;

/// The figures of a part, by the ids of its relationships.
pub(super) type Figures = HashMap<String, Figure>;

/// What a figure says.
#[derive(Debug)]
pub(super) enum Figure {
    /// The data of a chart.
    Chart(Chart),
    /// The labels of a diagram.
    Diagram(Vec<String>),
}

/// Reads the figures that a part refers to. Damaged ones are left out with a warning.
///
/// # Errors
/// Where a part goes over a bound.
pub(super) fn read(
    package: &mut Package<'_>,
    related: &Relationships,
    draft: &mut Draft,
) -> Result<Figures, ParseError> {
    let mut figures = Figures::new();
    for (id, name) in related.of_kind("chart").take(MAX_FIGURES) {
        if let Some(text) = package.optional(Some(name), "charts", draft)?
            && let Some(chart) = Chart::read(&text)
        {
            figures.insert(id.to_owned(), Figure::Chart(chart));
        }
    }
    for (id, name) in related.of_kind("diagramData").take(MAX_FIGURES) {
        if let Some(text) = package.optional(Some(name), "diagrams", draft)?
            && let Ok(root) = xml::tree(&text)
        {
            figures.insert(id.to_owned(), Figure::Diagram(labels(&root)));
        }
    }
    Ok(figures)
}

impl Figure {
    /// Adds what it says.
    pub(super) fn write(self, draft: &mut Draft) {
        match self {
            Self::Chart(chart) => {
                draft.paragraph(&chart.title, None);
                draft.table(true, chart.rows, None);
            }
            Self::Diagram(labels) => draft.paragraph(&labels.join("\n"), None),
        }
    }
}

/// The texts of a diagram's points; the others lay it out.
fn labels(root: &Element) -> Vec<String> {
    let points = root.child("ptLst").into_iter().flat_map(|list| list.children());
    let shown = points.filter(|point| matches!(point.attribute("type"), None | Some("node" | "asst")));
    shown.filter_map(|point| point.child("t")).map(super::chart::words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagram_says_what_its_points_say() {
        let point = |kind: &str, text: &str| {
            format!(r#"<pt {kind}><t><bodyPr/><p><r><t>{text}</t></r><r><t>!</t></r></p></t></pt>"#)
        };
        let root = xml::tree(&format!(
            "<dataModel><ptLst>{}{}{}</ptLst></dataModel>",
            point("", "Plan"),
            point(r#"type="pres""#, "layout"),
            point(r#"type="node""#, "Build"),
        ));
        assert_eq!(labels(&root.unwrap()), ["Plan!", "Build!"]);
    }
}
