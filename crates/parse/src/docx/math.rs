//! Formulas as linear text: `(a)/(b)`, `x^2`, `√(x)`.

use super::xml::Element;

/// The formula on one line.
pub(super) fn text(element: &Element) -> String {
    let part = |name: &str| element.child(name).map(text).unwrap_or_default();
    match element.name.as_str() {
        "t" => element.text(),
        "f" => format!("{}/{}", grouped(&part("num")), grouped(&part("den"))),
        "sSup" => format!("{}^{}", part("e"), grouped(&part("sup"))),
        "sSub" => format!("{}_{}", part("e"), grouped(&part("sub"))),
        "sSubSup" => format!("{}_{}^{}", part("e"), grouped(&part("sub")), grouped(&part("sup"))),
        "rad" => {
            let degree = part("deg");
            let sign = if degree.is_empty() { "√".to_owned() } else { format!("{degree}√") };
            format!("{sign}({})", part("e"))
        }
        "nary" => {
            let sign =
                element.child("naryPr").and_then(|properties| properties.value_of("chr")).unwrap_or("∫");
            let bound = |mark: char, bound: String| {
                if bound.is_empty() { String::new() } else { format!("{mark}{}", grouped(&bound)) }
            };
            format!("{sign}{}{} {}", bound('_', part("sub")), bound('^', part("sup")), part("e"))
        }
        "func" => format!("{}({})", part("fName"), part("e")),
        "limLow" => format!("{}_{}", part("e"), grouped(&part("lim"))),
        "limUpp" => format!("{}^{}", part("e"), grouped(&part("lim"))),
        "d" => {
            let properties = element.child("dPr");
            let sign = |name: &str, usual: &'static str| {
                properties.and_then(|properties| properties.value_of(name)).unwrap_or(usual).to_owned()
            };
            let inside: Vec<_> = element.children().filter(|child| child.name == "e").map(text).collect();
            format!("{}{}{}", sign("begChr", "("), inside.join(", "), sign("endChr", ")"))
        }
        "m" => {
            let rows = element.children().filter(|child| child.name == "mr");
            let row = |row: &Element| row.children().map(text).collect::<Vec<_>>().join(", ");
            rows.map(row).collect::<Vec<_>>().join("; ")
        }
        "rPr" | "ctrlPr" => String::new(),
        name if name.ends_with("Pr") => String::new(),
        _ => element.children().map(text).collect(),
    }
}

/// In parentheses, where it is more than one sign.
fn grouped(text: &str) -> String {
    let simple = text.chars().count() <= 1
        || text.chars().all(char::is_alphanumeric)
        || (text.starts_with('(') && text.find(')') == Some(text.len() - 1));
    if simple { text.to_owned() } else { format!("({text})") }
}
