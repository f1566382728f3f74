//! HTML: the main content of articles, everything but the frame of other pages.

mod main_content;
mod selection;
mod source;
mod table;
mod walk;

use model::Format;
use scraper::{Html, Selector};

use crate::{Draft, Options, draft, encoding};

/// Parses an HTML page.
pub(crate) fn parse(bytes: &[u8], _options: &Options) -> Draft {
    let decoded = encoding::decode_lines(bytes, declared_encoding(bytes).as_deref());
    let mut draft = Draft::new(Format::Html);
    draft.warnings.extend(decoded.warning);
    let mut source = source::shown(&decoded.text);
    if nesting(&source) > MAX_NESTING {
        draft.warnings.push("the page is nested too deep; its text was read without structure".to_owned());
        source = without_tags(&source);
    }
    let page = Html::parse_document(&source);
    draft.title = title(&page);
    main_content::read(&source, &page, &mut draft);
    draft
}

/// The time that the tree builder takes grows with the square of the depth.
const MAX_NESTING: usize = 4_000;

/// How many elements are open at most, those aside that are often left open.
fn nesting(source: &str) -> usize {
    const LEFT_OPEN: [&str; 20] = [
        "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
        "option", "p", "source", "td", "th", "tr", "wbr",
    ];
    let (mut open, mut deepest) = (0_usize, 0);
    for tag in source.split('<').skip(1) {
        let closes = tag.starts_with('/');
        let tag = tag.trim_start_matches('/');
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
        if end == 0 || LEFT_OPEN.iter().any(|name| name.eq_ignore_ascii_case(&tag[..end])) {
            continue;
        }
        open = if closes { open.saturating_sub(1) } else { open + 1 };
        deepest = deepest.max(open);
    }
    deepest
}

/// The text between tags; entities stay as they are.
fn without_tags(source: &str) -> String {
    let mut parts = source.split('<');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push(' ');
        text.push_str(part.split_once('>').map_or("", |(_, behind)| behind));
    }
    text
}

/// Adds the blocks of a piece of HTML within another document.
pub(crate) fn fragment(html: &str, draft: &mut Draft) {
    walk::blocks(&Html::parse_fragment(html), draft);
}

/// The encoding that a page says it has, in its first 4 KiB.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let after = ["charset=", "encoding="].iter().find_map(|key| head.split_once(key))?.1;
    let label = after.trim_start_matches(['"', '\'', ' ']);
    let end = label
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':'))
        .unwrap_or(label.len());
    (end > 0).then(|| label[..end].to_owned())
}

fn title(page: &Html) -> Option<String> {
    let title = ["head > title", "meta[property='og:title']", "h1", "title"]
        .into_iter()
        .find_map(|selector| texts(page, selector).find(|text| !text.is_empty()))?;
    Some(without_site(&title, texts(page, "h1")).to_owned())
}

/// The contents or texts of the elements, white space brought to single blanks.
fn texts(page: &Html, selector: &str) -> impl Iterator<Item = String> {
    let selector = Selector::parse(selector).ok();
    selector.into_iter().flat_map(|selector| {
        let texts = page.select(&selector).map(|element| match element.attr("content") {
            Some(content) => draft::one_line(content),
            None => draft::one_line(&element.text().collect::<String>()),
        });
        texts.collect::<Vec<_>>()
    })
}

/// A title without the name of the site behind a sign, where a heading is just what stands before it.
fn without_site(title: &str, headings: impl Iterator<Item = String>) -> &str {
    let is_sign = |text: &str| {
        let word = text.split(' ').nth(1).unwrap_or_default();
        !word.is_empty() && !word.contains(char::is_alphanumeric)
    };
    headings
        .filter(|heading| !heading.is_empty())
        .find_map(|heading| {
            let rest = title.strip_prefix(&heading)?;
            (rest.starts_with(' ') && is_sign(rest)).then(|| &title[..heading.len()])
        })
        .unwrap_or(title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render;

    #[test]
    fn structure_is_kept() {
        let page = "<title>A page</title><h1>Ducks</h1><p>They&nbsp;swim &amp; fly<br>south.</p>\
            <ul><li>One<ul><li>nested</li></ul></li><li><p>Two</p><p>more</p></li></ul>\
            <table><tr><th>Name<th>Size<tr><td rowspan=2>Mallard<td>50 cm<tr><td>60 cm</table>\
            <pre><code class=language-py>def f():\n    pass</code></pre><dl><dt>Term<dd>Meaning</dl><script>no()</script>";
        let document = parse(page.as_bytes(), &Options::default()).finish().unwrap();
        assert_eq!(document.title.as_deref(), Some("A page"));
        insta::assert_snapshot!(render::markdown(&document), @r"
        # Ducks

        They swim & fly
        south.

        - One
          - nested
        - Two more

        | Name | Size |
        | --- | --- |
        | Mallard | 50 cm |
        | Mallard | 60 cm |

        ```py
        def f():
            pass
        ```

        - Term
          - Meaning
        ");
    }

    #[test]
    fn the_frame_of_an_article_is_left_out() {
        let article =
            "<p>The otter is back in the river, after forty years in which nobody saw one there.</p>"
                .repeat(8);
        let page = format!(
            "<body><nav><a href=/>Home</a></nav><div class=sidebar>Most read today</div>\
             <article><h1>Otters</h1>{article}</article><footer>All rights reserved</footer></body>"
        );
        let text = parse(page.as_bytes(), &Options::default()).finish().unwrap().text;
        assert!(text.contains("The otter is back"), "{text}");
        assert!(!text.contains("Most read") && !text.contains("All rights"), "{text}");
    }

    #[test]
    fn an_article_in_a_frame_reads_as_a_browser_shows_it() {
        let text =
            "<p>Backups that stop have one of three causes, and each is told by its code.</p>".repeat(8);
        let page = format!(
            "<head><title>Slow backups | Help</title></head><body><nav><a href=/>Home</a></nav>\
             <div class=sidebar>Most read</div><main><article><h1>Slow backups</h1>{text}\
             <p>Look under\n <em>Plan &gt; Speed</em>; the <b>limit</b>s may differ.</p>\
             <ol start=3><li>Enter it under <em>Settings &gt; Appliance</em>.</li>\
             <li>Check the port:\n<pre><code class=language-sh>status --json\n# code 5</code></pre></li>\
             <li>Allow outgoing connections.</li><li value=9>Restart.</li></ol>\
             <table><caption>Usual speed</caption><tr><th>Line<th>Speed<tr><td>Cable<td>110 MB/s</table>\
             </article></main><footer>All rights reserved</footer></body>"
        );
        let document = parse(page.as_bytes(), &Options::default()).finish().unwrap();
        assert_eq!(document.title.as_deref(), Some("Slow backups"));
        let written = render::markdown(&document);
        let (_, end) = written.split_once("Look under").unwrap();
        insta::assert_snapshot!(format!("Look under{end}"), @r"
        Look under Plan > Speed; the limits may differ.

        3. Enter it under Settings > Appliance.
        4. Check the port:

        ```sh
        status --json
        # code 5
        ```

        5. Allow outgoing connections.
        9. Restart.

        Usual speed

        | Line | Speed |
        | --- | --- |
        | Cable | 110 MB/s |
        ");
    }

    #[test]
    fn only_a_site_behind_a_heading_is_cut_from_a_title() {
        let cut = |title| without_site(title, ["Tea".to_owned(), String::new()].into_iter()).to_owned();
        assert_eq!(cut("Tea – The Kitchen"), "Tea");
        assert_eq!(cut("Tea time"), "Tea time");
        assert_eq!(cut("Teapots | Shop"), "Teapots | Shop");
    }

    #[test]
    fn merged_cells_cannot_fill_the_memory() {
        let cell = format!("<td colspan=64 rowspan=9999>{}", "x".repeat(200));
        let page =
            format!("<table>{}{}</table>", "<tr>".to_owned() + &cell.repeat(200), "<tr><td>y".repeat(2_000));
        let text = parse(page.as_bytes(), &Options::default()).finish().unwrap().text;
        assert!(text.contains('y'));
        assert!(text.len() < 16 * 1024 * 1024, "{}", text.len());
    }

    #[test]
    fn deep_nesting_is_text() {
        let page = format!("{}deep down{}", "<span>".repeat(100_000), "</span>".repeat(100_000));
        let document = crate::parse(page.as_bytes(), model::Format::Html, &Options::default()).unwrap();
        assert_eq!(document.text, "deep down");
    }

    #[test]
    fn a_declared_encoding_is_found() {
        assert_eq!(declared_encoding(b"<meta charset='koi8-r'>").as_deref(), Some("koi8-r"));
        assert_eq!(
            declared_encoding(b"<meta content=\"text/html; charset=ISO-8859-2\">").as_deref(),
            Some("iso-8859-2")
        );
        assert_eq!(declared_encoding(b"<p>none</p>"), None);
    }
}
