//! Preformatted text: its lines, and the language that highlighters say it is in.

use scraper::{ElementRef, Node};

use super::walk::{is_hidden, is_inline};
use crate::Draft;

/// How far above the code its language may be said.
const MAX_ANCESTORS: usize = 3;

/// Adds the code of a `pre`.
pub(super) fn read(pre: ElementRef<'_>, draft: &mut Draft) {
    draft.code(language(pre), &lines(pre), None);
}

/// The text as it is shown: line breaks may be characters, elements, or what is around each line.
fn lines(pre: ElementRef<'_>) -> String {
    let mut text = String::new();
    // An own stack, as code can be nested as deep as everything else.
    let mut open = vec![(pre.children(), false)];
    while let Some((children, is_line)) = open.last_mut() {
        let Some(child) = children.next() else {
            if *is_line {
                end_line(&mut text);
            }
            open.pop();
            continue;
        };
        match child.value() {
            Node::Text(part) => text.push_str(part),
            Node::Element(value) if value.name() == "br" => text.push('\n'),
            Node::Element(value) => {
                let Some(child) =
                    ElementRef::wrap(child).filter(|child| !is_hidden(*child) && !is_line_number(*child))
                else {
                    continue;
                };
                let is_line = !is_inline(value.name());
                if is_line {
                    end_line(&mut text);
                }
                open.push((child.children(), is_line));
            }
            _ => {}
        }
    }
    text
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

/// Whether an element only numbers lines of code, beside them or in them.
pub(super) fn is_line_number(element: ElementRef<'_>) -> bool {
    const NAMES: [&str; 9] = [
        "code-gutter",
        "gutter",
        "hljs-ln-numbers",
        "line-number",
        "line-numbers",
        "lineno",
        "linenos",
        "ln",
        "rouge-gutter",
    ];
    element.value().classes().any(|class| NAMES.binary_search(&class).is_ok())
        && element.text().all(|text| text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace()))
}

/// The language by what highlighters write into the code's attributes, or into those around it.
fn language(pre: ElementRef<'_>) -> Option<String> {
    let inside = pre.child_elements().find(|child| child.value().name() == "code");
    let around = pre.ancestors().filter_map(ElementRef::wrap).take(MAX_ANCESTORS);
    let all = inside.into_iter().chain([pre]).chain(around);
    let name = all.into_iter().find_map(language_of)?;
    let is_name = !name.is_empty()
        && name.len() <= 40
        && !matches!(name.as_str(), "default" | "none" | "plain" | "plaintext" | "text" | "txt");
    is_name.then_some(name)
}

fn language_of(element: ElementRef<'_>) -> Option<String> {
    let said = ["data-lang", "data-language"].into_iter().find_map(|name| element.attr(name));
    if let Some(name) = said {
        return Some(name.trim().to_owned());
    }
    let written = element.attr("class").unwrap_or_default();
    let classes = || written.split_whitespace();
    let marked = classes().find_map(|class| {
        ["language-", "lang-", "highlight-source-", "highlight-"]
            .iter()
            .find_map(|prefix| class.strip_prefix(prefix))
    });
    // Some mark the element, and the language is another of its classes.
    let beside = || {
        let is_marked = classes().any(|class| matches!(class, "hljs" | "sourceCode" | "prettyprint"));
        let others = || classes().filter(|class| class.chars().all(|c| c.is_ascii_lowercase() || c == '+'));
        others().find(|class| {
            is_marked && !matches!(*class, "hljs" | "prettyprint" | "linenums" | "numberSource")
        })
    };
    let brush = || written.split_once("brush:")?.1.split([' ', ';']).find(|name| !name.is_empty());
    marked.or_else(beside).or_else(brush).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use model::{BlockKind, Format};
    use rstest::rstest;
    use scraper::Html;

    use super::*;

    fn code(html: &str) -> (Option<String>, String) {
        let mut draft = Draft::new(Format::Html);
        super::super::walk::blocks(&Html::parse_document(html), &mut draft);
        let document = draft.finish().unwrap();
        let [block] = document.blocks.as_slice() else { panic!("{:?}", document.blocks) };
        let BlockKind::Code { language } = &block.kind else { panic!("{block:?}") };
        (language.clone(), block.text.clone())
    }

    #[rstest]
    #[case::class("<pre><code class='language-py'>x</code></pre>", Some("py"))]
    #[case::highlight_js("<pre><code class='rust hljs'>x</code></pre>", Some("rust"))]
    #[case::pandoc("<div class=sourceCode><pre class='sourceCode haskell'>x</pre></div>", Some("haskell"))]
    #[case::sphinx(
        "<div class='highlight-c++ notranslate'><div class=highlight><pre>x</pre></div></div>",
        Some("c++")
    )]
    #[case::sphinx_default("<div class='highlight-default'><pre>x</pre></div>", None)]
    #[case::rouge(
        "<div class='language-sh highlighter-rouge'><div class=highlight><pre>x</pre></div></div>",
        Some("sh")
    )]
    #[case::attribute("<pre data-lang=go><code>x</code></pre>", Some("go"))]
    #[case::brush("<pre class='brush: java; gutter: false'>x</pre>", Some("java"))]
    #[case::not_said("<pre class='wide box'>x</pre>", None)]
    fn languages_are_found(#[case] html: &str, #[case] language: Option<&str>) {
        assert_eq!(code(html).0.as_deref(), language);
    }

    #[rstest]
    #[case::breaks("<pre>a<br>  b<BR/>c</pre>", "a\n  b\nc")]
    #[case::a_block_for_each_line("<pre><code><div>a</div><div>  b</div></code></pre>", "a\n  b")]
    #[case::numbered("<pre><span class=lineno>1 </span>a\n<span class=lineno>2 </span>b</pre>", "a\nb")]
    #[case::numbers_beside(
        "<table><tr><td class=linenos><pre>1\n2</pre></td><td class=code><pre>a\nb</pre></td></tr></table>",
        "a\nb"
    )]
    fn lines_are_kept(#[case] html: &str, #[case] text: &str) {
        assert_eq!(code(html).1, text);
    }
}
