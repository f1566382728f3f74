//! Formulas as LaTeX, the form in which text about mathematics is written: `\frac{a}{b}`, `x^{2}`.

mod symbols;

use super::xml::Element;
use crate::draft::one_line;

/// A formula within a line: `$…$`; one that stands alone: `$$…$$`. Empty where it says nothing.
pub(super) fn text(element: &Element) -> String {
    let mark = if element.name == "oMathPara" { "$$" } else { "$" };
    // Formulas that share a line of their own are told apart.
    let formulas: Vec<_> = match element.name.as_str() {
        "oMathPara" => element.children().filter(|child| child.name == "oMath").collect(),
        _ => vec![element],
    };
    let formulas = formulas.into_iter().map(|formula| {
        let mut latex = String::new();
        children(formula, &mut latex);
        one_line(&latex)
    });
    let marked: Vec<_> =
        formulas.filter(|latex| !latex.is_empty()).map(|latex| format!("{mark}{latex}{mark}")).collect();
    marked.join("\n")
}

fn children(element: &Element, out: &mut String) {
    for child in element.children() {
        write(child, out);
    }
}

fn write(element: &Element, out: &mut String) {
    match element.name.as_str() {
        "r" => run(element, out),
        "t" => symbols::push(&element.text(), out),
        "f" => fraction(element, out),
        "sSup" => scripts(element, &[("^", "sup")], out),
        "sSub" => scripts(element, &[("_", "sub")], out),
        "sSubSup" => scripts(element, &[("_", "sub"), ("^", "sup")], out),
        "sPre" => {
            out.push_str("{}");
            script(element, "_", "sub", out);
            script(element, "^", "sup", out);
            part(element, "e", out);
        }
        "rad" => {
            out.push_str("\\sqrt");
            let hidden = element.child("radPr").is_some_and(|properties| properties.is_on("degHide"));
            if !hidden && element.child("deg").is_some_and(|degree| !is_blank(degree)) {
                out.push('[');
                part(element, "deg", out);
                out.push(']');
            }
            grouped(element, "e", out);
        }
        "nary" => {
            let sign = property(element, "chr").unwrap_or("∫");
            symbols::push(sign, out);
            script(element, "_", "sub", out);
            script(element, "^", "sup", out);
            out.push(' ');
            part(element, "e", out);
        }
        "func" => {
            part(element, "fName", out);
            out.push(' ');
            part(element, "e", out);
        }
        "fName" => function_name(element, out),
        "limLow" => limit(element, "_", out),
        "limUpp" => limit(element, "^", out),
        "d" => delimited(element, out),
        "m" => rows("matrix", element.children().filter(|child| child.name == "mr"), out),
        "eqArr" if element.children().filter(|child| child.name == "e").count() == 1 => {
            part(element, "e", out)
        }
        "eqArr" => rows("aligned", element.children().filter(|child| child.name == "e"), out),
        "acc" => command(element, symbols::accent(property(element, "chr")), out),
        "bar" => {
            let top = property(element, "pos") == Some("top");
            command(element, if top { "\\overline" } else { "\\underline" }, out);
        }
        "groupChr" => {
            let top = property(element, "pos") == Some("top");
            command(element, if top { "\\overbrace" } else { "\\underbrace" }, out);
        }
        // What was deleted is not in the final text; properties hold none.
        "del" | "moveFrom" => {}
        name if name.ends_with("Pr") => {}
        _ => children(element, out),
    }
}

/// The `val` of one of an element's own properties.
fn property<'e>(element: &'e Element, name: &str) -> Option<&'e str> {
    let own = element.children().find(|child| child.name == format!("{}Pr", element.name))?;
    own.value_of(name)
}

fn part(element: &Element, name: &str, out: &mut String) {
    if let Some(part) = element.child(name) {
        match name {
            "fName" => write(part, out),
            _ => children(part, out),
        }
    }
}

fn grouped(element: &Element, name: &str, out: &mut String) {
    out.push('{');
    part(element, name, out);
    out.push('}');
}

fn command(element: &Element, name: &str, out: &mut String) {
    out.push_str(name);
    grouped(element, "e", out);
}

fn is_blank(element: &Element) -> bool {
    let mut text = String::new();
    children(element, &mut text);
    text.trim().is_empty()
}

fn run(run: &Element, out: &mut String) {
    let is_text = run.child("rPr").is_some_and(|properties| properties.is_on("nor"));
    for child in run.children().filter(|child| child.name == "t") {
        let text = child.text();
        if is_text && text.contains(char::is_alphabetic) {
            out.push_str("\\text{");
            out.push_str(&text);
            out.push('}');
        } else {
            symbols::push(&text, out);
        }
    }
}

fn fraction(element: &Element, out: &mut String) {
    match property(element, "type") {
        Some("lin") => {
            grouped(element, "num", out);
            out.push('/');
            grouped(element, "den", out);
            return;
        }
        Some("noBar") => out.push_str("\\genfrac{}{}{0pt}{}"),
        _ => out.push_str("\\frac"),
    }
    grouped(element, "num", out);
    grouped(element, "den", out);
}

fn scripts(element: &Element, scripts: &[(&str, &str)], out: &mut String) {
    // Only what is plain or in brackets binds a script without braces.
    let is_plain = element.child("e").is_none_or(|base| {
        let mut parts = base.children().filter(|part| !part.name.ends_with("Pr"));
        parts.all(|part| matches!(part.name.as_str(), "r" | "d"))
    });
    if is_plain {
        part(element, "e", out);
    } else {
        grouped(element, "e", out);
    }
    for (sign, name) in scripts {
        script(element, sign, name, out);
    }
}

fn script(element: &Element, sign: &str, name: &str, out: &mut String) {
    if element.child(name).is_some_and(|script| !is_blank(script)) {
        out.push_str(sign);
        grouped(element, name, out);
    }
}

fn limit(element: &Element, sign: &str, out: &mut String) {
    match element.child("e") {
        Some(base) => function_name(base, out),
        None => return,
    }
    script(element, sign, "lim", out);
}

/// Names of functions are upright: `\log` rather than the product of l, o and g.
fn function_name(element: &Element, out: &mut String) {
    let start = out.len();
    children(element, out);
    let name = out[start..].trim();
    if name.len() < 2 || !name.chars().all(|c| c.is_ascii_alphabetic()) {
        return;
    }
    let command =
        if symbols::is_function(name) { format!("\\{name}") } else { format!("\\operatorname{{{name}}}") };
    out.truncate(start);
    out.push_str(&command);
}

fn delimited(element: &Element, out: &mut String) {
    let sign = |name: &str, usual: &'static str| match property(element, name) {
        Some("") => ".",
        Some(sign) => sign,
        None => usual,
    };
    out.push_str("\\left");
    symbols::push(sign("begChr", "("), out);
    for (at, inside) in element.children().filter(|child| child.name == "e").enumerate() {
        if at > 0 {
            out.push_str("\\middle");
            symbols::push(sign("sepChr", "|"), out);
        }
        children(inside, out);
    }
    out.push_str("\\right");
    symbols::push(sign("endChr", ")"), out);
}

fn rows<'e>(environment: &str, rows: impl Iterator<Item = &'e Element>, out: &mut String) {
    out.push_str(&format!("\\begin{{{environment}}}"));
    for (at, row) in rows.enumerate() {
        out.push_str(if at > 0 { " \\\\ " } else { " " });
        if row.name == "mr" {
            for (at, cell) in row.children().filter(|child| child.name == "e").enumerate() {
                out.push_str(if at > 0 { " & " } else { "" });
                children(cell, out);
            }
        } else {
            children(row, out);
        }
    }
    out.push_str(&format!(" \\end{{{environment}}}"));
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::docx::xml;

    #[rstest]
    #[case::fraction("<f><num><r><t>a+b</t></r></num><den><r><t>2</t></r></den></f>", r"\frac{a+b}{2}")]
    #[case::binomial(
        r#"<d><e><f><fPr><type val="noBar"/></fPr><num><r><t>n</t></r></num><den><r><t>k</t></r></den></f></e></d>"#,
        r"\left(\genfrac{}{}{0pt}{}{n}{k}\right)"
    )]
    #[case::scripts(
        "<sSubSup><e><r><t>N</t></r></e><sub><r><t>s</t></r></sub><sup><r><t>H</t></r></sup></sSubSup>",
        "N_{s}^{H}"
    )]
    #[case::a_fraction_as_base(
        "<sSup><e><f><num><r><t>x</t></r></num><den><r><t>v</t></r></den></f></e><sup><r><t>2</t></r></sup></sSup>",
        r"{\frac{x}{v}}^{2}"
    )]
    #[case::root(
        "<rad><deg><r><t>3</t></r></deg><e><r><t>x</t></r></e></rad><rad><deg/><e><r><t>y</t></r></e></rad>",
        r"\sqrt[3]{x}\sqrt{y}"
    )]
    #[case::sum(
        r#"<nary><naryPr><chr val="∑"/></naryPr><sub><r><t>n=1</t></r></sub><sup><r><t>∞</t></r></sup><e><r><t>n</t></r></e></nary>"#,
        r"\sum _{n=1}^{\infty } n"
    )]
    #[case::function("<func><fName><r><t>log</t></r></fName><e><r><t>x</t></r></e></func>", r"\log x")]
    #[case::limit(
        "<func><fName><limLow><e><r><t>argmax</t></r></e><lim><r><t>π</t></r></lim></limLow></fName><e><r><t>f</t></r></e></func>",
        r"\operatorname{argmax}_{\pi } f"
    )]
    #[case::delimiters(
        r#"<d><dPr><begChr val="{"/><endChr val=""/></dPr><e><r><t>x</t></r></e><e><r><t>y</t></r></e></d>"#,
        r"\left\{x\middle|y\right."
    )]
    #[case::matrix(
        "<m><mr><e><r><t>1</t></r></e><e><r><t>0</t></r></e></mr><mr><e><r><t>0</t></r></e><e><r><t>1</t></r></e></mr></m>",
        r"\begin{matrix} 1 & 0 \\ 0 & 1 \end{matrix}"
    )]
    #[case::lines(
        "<eqArr><e><r><t>a</t></r></e><e><r><t>b</t></r></e></eqArr><eqArr><e><r><t>c</t></r></e></eqArr>",
        r"\begin{aligned} a \\ b \end{aligned}c"
    )]
    #[case::words("<r><rPr><nor/></rPr><t>if 50% </t></r>", r"\text{if 50% }")]
    #[case::accent(r#"<acc><accPr><chr val="⃗"/></accPr><e><r><t>v</t></r></e></acc>"#, r"\vec{v}")]
    #[case::deleted("<r><t>a</t></r><del><r><t>b</t></r></del>", "a")]
    fn formulas_are_latex(#[case] formula: &str, #[case] latex: &str) {
        let element = xml::tree(&format!("<oMath>{formula}</oMath>")).unwrap();
        assert_eq!(text(&element), format!("${latex}$"));
    }

    #[test]
    fn formulas_on_one_line_are_told_apart() {
        let formula = "<oMath><r><t>a=b</t></r></oMath>";
        let element = xml::tree(&format!("<oMathPara>{formula}{formula}<oMath/></oMathPara>")).unwrap();
        assert_eq!(text(&element), "$$a=b$$\n$$a=b$$");
    }
}
