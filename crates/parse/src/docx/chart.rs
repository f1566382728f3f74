//! Charts as the tables that they are drawn from: a row for each category, a column for each series.

use super::xml::{self, Element};

/// More points than any chart shows.
const MAX_POINTS: usize = 10_000;

/// More series than any chart shows.
const MAX_SERIES: usize = 250;

/// The data of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chart {
    /// What stands above it; may be empty.
    pub(super) title: String,
    /// The names of the series, then a row for each category, its name first.
    pub(super) rows: Vec<Vec<String>>,
}

impl Chart {
    /// Reads a chart part; `None` where it is damaged or shows nothing.
    pub(super) fn read(text: &str) -> Option<Self> {
        let root = xml::tree(text).ok()?;
        let chart = root.child("chart")?;
        let title = chart.child("title").map(words).unwrap_or_default();
        let mut rows = vec![vec![String::new()]];
        let plots = chart.child("plotArea")?.children();
        let series = plots.flat_map(|plot| plot.children().filter(|child| child.name == "ser"));
        for series in series.take(MAX_SERIES) {
            let column = rows[0].len();
            let name = series.child("tx").map(points).unwrap_or_default();
            rows[0].push(name.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(" "));
            // Scatter charts have numbers on both axes.
            for (names, at_column) in [(["cat", "xVal"], 0), (["val", "yVal"], column)] {
                let Some(values) = names.into_iter().find_map(|name| series.child(name)) else { continue };
                for (at, value) in points(values) {
                    if rows.len() < at + 2 {
                        rows.resize(at + 2, Vec::new());
                    }
                    let row = &mut rows[at + 1];
                    row.resize(row.len().max(at_column + 1), String::new());
                    row[at_column] = value;
                }
            }
        }
        rows.retain(|row| !row.is_empty());
        (rows.len() > 1 || !title.is_empty()).then_some(Self { title, rows })
    }
}

/// The points that a part of a series has in its cache, by their place.
fn points(element: &Element) -> Vec<(usize, String)> {
    // A name may be written down instead of taken from a cell.
    if let Some(value) = element.child("v") {
        return vec![(0, value.text())];
    }
    let reference = element.children().find(|child| child.name.ends_with("Ref"));
    let cache = reference.unwrap_or(element).children().find(|child| {
        child.name.ends_with("Cache") || child.name.ends_with("Lit") || child.name == "multiLvlStrCache"
    });
    // Of categories in levels the first level is the one next to the points.
    let cache = cache.map(|cache| cache.child("lvl").unwrap_or(cache));
    let points = cache.into_iter().flat_map(|cache| cache.children()).filter(|child| child.name == "pt");
    points
        .filter_map(|point| {
            let at = point.attribute("idx")?.parse().ok().filter(|at| *at < MAX_POINTS)?;
            Some((at, shown(point.child("v")?.text())))
        })
        .collect()
}

/// A value as it is shown: caches hold numbers to the last bit, 4.4 as 4.4000000000000004.
fn shown(value: String) -> String {
    const SHOWN_DIGITS: usize = 15;
    if value.len() <= SHOWN_DIGITS {
        return value;
    }
    let rounded = value.parse::<f64>().ok().filter(|number| number.is_finite());
    let rounded = rounded.and_then(|number| format!("{number:.*e}", SHOWN_DIGITS - 1).parse::<f64>().ok());
    rounded.map_or(value, |number| number.to_string())
}

/// The text of a shape, its paragraphs with a blank between them.
pub(super) fn words(element: &Element) -> String {
    let mut text = String::new();
    push_words(element, &mut text);
    text
}

fn push_words(element: &Element, out: &mut String) {
    for child in element.children() {
        match child.name.as_str() {
            "p" if !out.is_empty() => {
                out.push(' ');
                push_words(child, out);
            }
            "t" | "v" => out.push_str(&child.text()),
            _ => push_words(child, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_the_table_of_its_series() {
        let series = |name: &str, values: &[(usize, &str)]| {
            let values: String =
                values.iter().map(|(at, value)| format!(r#"<pt idx="{at}"><v>{value}</v></pt>"#)).collect();
            format!(
                r#"<ser><tx><strRef><f>B1</f><strCache><pt idx="0"><v>{name}</v></pt></strCache></strRef></tx>
                <cat><strRef><strCache><pt idx="0"><v>Spring</v></pt><pt idx="1"><v>Fall</v></pt></strCache></strRef></cat>
                <val><numRef><numCache>{values}</numCache></numRef></val></ser>"#
            )
        };
        let chart = Chart::read(&format!(
            "<chartSpace><chart><title><tx><rich><p><r><t>Sales</t></r></p></rich></tx></title>
            <plotArea><lineChart>{}{}</lineChart></plotArea></chart></chartSpace>",
            series("Tea", &[(0, "4.3"), (1, "2.4000000000000004")]),
            series("Milk", &[(1, "1"), (99_999_999, "7")]),
        ));
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            chart,
            Some(Chart {
                title: "Sales".to_owned(),
                rows: vec![row(&["", "Tea", "Milk"]), row(&["Spring", "4.3"]), row(&["Fall", "2.4", "1"]),],
            })
        );
    }

    #[test]
    fn what_shows_nothing_is_no_chart() {
        assert_eq!(Chart::read("<chartSpace><chart><plotArea/></chart></chartSpace>"), None);
        assert_eq!(Chart::read("<chart"), None);
    }
}
