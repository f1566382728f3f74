//! HTML: the main content of articles, everything but the frame of other pages.

mod code;
mod main_content;
mod selection;
mod source;
mod table;
mod walk;

use model::Format;
use scraper::{ElementRef, Html};

use crate::{Draft, Options, draft, encoding};

/// Parses an HTML page.
pub(crate) fn parse(bytes: &[u8], options: &Options) -> Draft {
    let decoded = encoding::decode_lines(bytes, declared_encoding(bytes).as_deref());
    let mut draft = Draft::new(Format::Html);
    draft.warnings.extend(decoded.warning);
    let mut source = source::shown(&decoded.text);
    if source::is_nested_too_deep(&source) {
        draft.warnings.push("the page is nested too deep; its text was read without structure".to_owned());
        source = source::without_tags(&source);
    }
    let page = Html::parse_document(&source);
    draft.title = title(&page);
    if options.whole_page {
        walk::blocks(&page, &mut draft);
    } else {
        main_content::read(&source, &page, &mut draft);
    }
    draft
}

/// Adds the blocks of a piece of HTML within another document.
pub(crate) fn fragment(html: &str, draft: &mut Draft) {
    walk::blocks(&Html::parse_fragment(html), draft);
}

/// The encoding that a page says it has, in its first 4 KiB: in its XML declaration or a `meta`
/// element. Scripts and links have a `charset` too, of what they load.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let tags = head.split('<').filter_map(|tag| tag.split_once('>').map(|(tag, _)| tag));
    tags.filter_map(|tag| match tag {
        tag if tag.starts_with("?xml") => tag.split_once("encoding"),
        tag if tag.starts_with("meta") => tag.split_once("charset"),
        _ => None,
    })
    .find_map(|(_, behind)| {
        let label = behind.trim_start().strip_prefix('=')?.trim_start_matches(['"', '\'', ' ']);
        let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':' | '.'));
        let label = &label[..end.unwrap_or(label.len())];
        (!label.is_empty()).then(|| label.to_owned())
    })
}

/// The title that a page gives itself: of its head, of what is made of it elsewhere, its heading.
fn title(page: &Html) -> Option<String> {
    let [mut head, mut shared, mut any] = [const { None }; 3];
    let mut headings = Vec::new();
    for element in page.root_element().descendent_elements() {
        let text =
            || Some(draft::one_line(&element.text().collect::<String>())).filter(|text| !text.is_empty());
        match element.value().name() {
            "title" => {
                let parent = element.parent().and_then(ElementRef::wrap);
                let is_of_head = parent.is_some_and(|parent| parent.value().name() == "head");
                let slot = if is_of_head { &mut head } else { &mut any };
                if slot.is_none() {
                    *slot = text();
                }
            }
            "meta" if shared.is_none() && element.attr("property") == Some("og:title") => {
                shared = element.attr("content").map(draft::one_line).filter(|text| !text.is_empty());
            }
            "h1" if headings.len() < MAX_HEADINGS => headings.extend(text()),
            _ => {}
        }
    }
    let title = head.or(shared).or_else(|| headings.first().cloned()).or(any)?;
    Some(without_site(&title, headings.into_iter()).to_owned())
}

/// How many headings of the first level are looked at for a title; documents have one.
const MAX_HEADINGS: usize = 100;

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
    use rstest::rstest;

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

    #[rstest]
    #[case::source(
        "<p>If <math><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></math>.</p>",
        "If $x^2$."
    )]
    #[case::alone(
        "<span class=katex-mathml><math display=block><annotation encoding='application/x-tex'>x</annotation></math></span><span class=katex-html>x</span>",
        "$$x$$"
    )]
    #[case::behind_a_picture(
        "<p>If <span style='display: none'><math><annotation encoding='application/x-tex'>x</annotation></math></span><img></p>",
        "If $x$"
    )]
    #[case::bare("<math><mi>x</mi><mo>+</mo><mn>1</mn></math>", "x+1")]
    #[case::folded("<details><summary>More</summary><p hidden=until-found>of it</details>", "More\n\nof it")]
    #[case::never_shown("<p hidden>a</p><p style='Display: none'>b</p><p>c</p>", "c")]
    fn what_is_shown_is_read(#[case] page: &str, #[case] text: &str) {
        assert_eq!(parse(page.as_bytes(), &Options::default()).finish().unwrap().text, text);
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
        let text = |whole_page| {
            let options = Options { whole_page, ..Options::default() };
            parse(page.as_bytes(), &options).finish().unwrap().text
        };
        assert!(text(false).contains("The otter is back"), "{}", text(false));
        let frame = ["Home", "Most read today", "All rights reserved"];
        assert!(frame.iter().all(|part| !text(false).contains(part)), "{}", text(false));
        assert!(frame.iter().all(|part| text(true).contains(part)), "{}", text(true));
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
        assert_eq!(
            declared_encoding(b"<?xml version='1.0' encoding=\"windows-1251\"?><html>").as_deref(),
            Some("windows-1251")
        );
        assert_eq!(
            declared_encoding(
                b"<script charset=utf-8></script><META HTTP-EQUIV=x CONTENT='text/html;charset = gb2312'>"
            )
            .as_deref(),
            Some("gb2312")
        );
        assert_eq!(declared_encoding(b"<p>none</p>"), None);
    }

    #[rstest]
    #[case::declared(b"<meta charset=koi8-r><p>\xf7\xc5\xde\xc5\xd2", "Вечер")]
    #[case::mark(b"\xff\xfe<\0p\0>\0a\0\xe9\0", "aé")]
    #[case::mark_over_declared(b"\xef\xbb\xbf<meta charset=koi8-r><p>\xc3\xa9", "é")]
    #[case::wrongly_declared(b"<meta charset=iso-8859-1><p>\xc3\xa9t\xc3\xa9", "été")]
    #[case::sniffed(
        b"<p>Les \xe9l\xe8ves ont d\xe9j\xe0 mang\xe9 \xe0 la cantine",
        "Les élèves ont déjà mangé à la cantine"
    )]
    fn encodings_are_declared_or_told(#[case] page: &[u8], #[case] text: &str) {
        assert_eq!(parse(page, &Options::default()).finish().unwrap().text, text);
    }

    #[rstest]
    #[case::head("<title>Tea | Shop</title><h1>Tea</h1>", Some("Tea"))]
    #[case::shared(
        "<title> </title><meta property=og:title content='Green  tea'><h1>Tea</h1>",
        Some("Green tea")
    )]
    #[case::heading("<h1> </h1><h1>Tea</h1><svg><title>Icon</title></svg>", Some("Tea"))]
    #[case::none("<p>Tea", None)]
    fn a_title_is_the_best_that_a_page_gives(#[case] page: &str, #[case] title: Option<&str>) {
        assert_eq!(super::title(&Html::parse_document(page)).as_deref(), title);
    }
}
