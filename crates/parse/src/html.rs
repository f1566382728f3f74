//! HTML: the main content of articles, everything but the frame of other pages.

mod main_content;
mod table;
mod walk;

use model::Format;
use scraper::{Html, Selector};

use crate::{Draft, encoding};

/// Parses an HTML page.
pub(crate) fn parse(bytes: &[u8]) -> Draft {
    let decoded = encoding::decode_lines(bytes, declared_encoding(bytes).as_deref());
    let mut draft = Draft::new(Format::Html);
    draft.warnings.extend(decoded.warning);
    let page = Html::parse_document(&decoded.text);
    draft.title = title(&page);
    main_content::read(&decoded.text, &page, &mut draft);
    draft
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
    let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':')).unwrap_or(label.len());
    (end > 0).then(|| label[..end].to_owned())
}

fn title(page: &Html) -> Option<String> {
    let text_of = |selector: &str| {
        let selector = Selector::parse(selector).ok()?;
        let element = page.select(&selector).next()?;
        let text = match element.attr("content") {
            Some(content) => content.to_owned(),
            None => element.text().collect(),
        };
        (!text.trim().is_empty()).then_some(text)
    };
    ["head > title", "meta[property='og:title']", "h1", "title"].into_iter().find_map(text_of)
}
