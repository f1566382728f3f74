//! The source of a page before it is read: without what a browser runs rather than shows, and told
//! apart from sources that would take a parser too long.

/// More attributes than any element has: parsers compare each with all before it.
const MAX_ATTRIBUTES: usize = 1_000;

/// A source without the content of its scripts, its style sheets and its comments. They are most of
/// many pages, and each of several passes would read them.
///
/// It follows the tokenizer of the HTML standard. Where that is not sure to be followed, the rest of
/// the source stays as it is.
pub(super) fn shown(source: &str) -> String {
    let mut shown = String::with_capacity(source.len());
    // What lies before `at` is understood, what lies before `copied` is in `shown` or left out.
    let (mut at, mut copied) = (0, 0);
    while let Some(open) = source[at..].find('<').map(|open| at + open) {
        let rest = &source[open..];
        if rest.starts_with("<!--") {
            shown.push_str(&source[copied..open]);
            at = open + comment_len(rest);
            copied = at;
            continue;
        }
        let name = name(&rest[1..]);
        if name.is_empty() {
            at = open + 1;
            continue;
        }
        let Some((tag, attributes)) = tag_len(rest) else { break };
        at = open + tag;
        let is = |names: &[&str]| names.iter().any(|other| other.eq_ignore_ascii_case(name));
        if is(&["script", "style"]) {
            // In SVG this may be all of the element, and what follows is text.
            if rest[..tag].ends_with("/>") {
                break;
            }
            let content = &source[at..at + raw_len(&source[at..], name)];
            if is_nested_script(content) {
                break;
            }
            if !is_forum(content) {
                shown.push_str(&source[copied..at]);
                copied = at + content.len();
            }
            at += content.len();
        } else if is(&["title", "textarea", "xmp", "iframe", "noembed", "noframes"]) {
            at += raw_len(&source[at..], name);
        } else if is(&["plaintext"]) {
            break;
        } else if is(&["path"]) {
            // The strokes of a drawing hold no text.
            shown.push_str(&source[copied..open]);
            copied = at;
        } else if attributes > MAX_ATTRIBUTES {
            shown.push_str(&source[copied..open]);
            shown.push('<');
            shown.push_str(name);
            shown.push('>');
            copied = at;
        }
    }
    shown.push_str(&source[copied..]);
    shown
}

/// How deep elements may be nested; the time that a tree builder takes grows with the depth at every tag.
const MAX_NESTING: usize = 2_000;

/// How much of that time there may be, in open elements by tags.
const MAX_NESTING_OF_ALL: usize = 100_000_000;

/// How many elements may be made because their like was not closed: `<b>` goes on in each new paragraph.
const MAX_REOPENED: usize = 1_000_000;

/// Whether a tree builder would take too long for a page, or too much memory.
pub(super) fn is_nested_too_deep(source: &str) -> bool {
    const LEFT_OPEN: [&str; 20] = [
        "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
        "option", "p", "source", "td", "th", "tr", "wbr",
    ];
    const REOPENED: [&str; 14] =
        ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
    const ENDS_DRAWING: [&str; 9] = ["br", "dd", "div", "dt", "hr", "img", "li", "meta", "p"];
    let (mut open, mut all) = (0_usize, 0_usize);
    let (mut unclosed, mut reopened) = (0_usize, 0_usize);
    // How many were open before the drawing or formula that the tags are in.
    let mut drawing: Option<usize> = None;
    for tag in source.split('<').skip(1) {
        let closes = tag.starts_with('/');
        let name = name(tag.strip_prefix('/').unwrap_or(tag));
        if name.is_empty() {
            continue;
        }
        let is = |names: &[&str]| names.iter().any(|other| other.eq_ignore_ascii_case(name));
        if is(&["svg", "math"]) {
            drawing = if closes { None } else { drawing.or(Some(open)) };
        } else if let Some(before) = drawing {
            let is_whole = tag.split_once('>').is_some_and(|(tag, _)| tag.ends_with('/'));
            if is(&ENDS_DRAWING) {
                drawing = None;
                open = before;
            } else if is_whole {
                continue;
            }
        }
        let step = |count: usize| if closes { count.saturating_sub(1) } else { count + 1 };
        if is(&REOPENED) {
            unclosed = step(unclosed);
        } else {
            reopened += unclosed;
        }
        // In drawings nothing is left open.
        if drawing.is_some() || !is(&LEFT_OPEN) {
            open = step(open);
        }
        all += open;
        if open > MAX_NESTING || all > MAX_NESTING_OF_ALL || reopened > MAX_REOPENED {
            return true;
        }
    }
    false
}

/// The text between tags; entities stay as they are.
pub(super) fn without_tags(source: &str) -> String {
    let mut parts = source.split('<');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push(' ');
        text.push_str(part.split_once('>').map_or("", |(_, behind)| behind));
    }
    text
}

/// Whether a script writes another one behind a comment sign: then it ends elsewhere.
fn is_nested_script(content: &str) -> bool {
    content.contains("<!--") && content.to_ascii_lowercase().contains("<script")
}

/// Whether a script says that the page is one of a forum: what looks like comments is its content.
fn is_forum(content: &str) -> bool {
    content.contains("DiscussionForumPosting")
}

/// The length of a comment; without an end it goes to the end of the source.
fn comment_len(source: &str) -> usize {
    let inside = &source[4..];
    if inside.starts_with('>') {
        return 5;
    }
    if inside.starts_with("->") {
        return 6;
    }
    let mut from = 0;
    while let Some(dashes) = inside[from..].find("--").map(|dashes| from + dashes) {
        let behind = &inside[dashes + 2..];
        for end in [">", "!>"] {
            if behind.starts_with(end) {
                return 4 + dashes + 2 + end.len();
            }
        }
        from = dashes + 1;
    }
    source.len()
}

/// The name of the tag that starts here; empty where none does.
fn name(source: &str) -> &str {
    if !source.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return "";
    }
    let end = source.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
    &source[..end.unwrap_or(source.len())]
}

/// The length of a tag up to its `>`, and about how many attributes it has; `None` where it has no
/// end. A quote counts behind an equals sign.
fn tag_len(tag: &str) -> Option<(usize, usize)> {
    let bytes = tag.as_bytes();
    let (mut at, mut attributes) = (1, 0);
    let mut behind_equals = false;
    loop {
        match bytes.get(at)? {
            b'>' => return Some((at + 1, attributes)),
            quote @ (b'"' | b'\'') if behind_equals => {
                at += 1 + tag[at + 1..].find(char::from(*quote))?;
                behind_equals = false;
                attributes += 1;
            }
            // Another one behind an equals sign is the start of an unquoted value.
            b'=' => behind_equals = !behind_equals,
            byte => {
                let is_blank = byte.is_ascii_whitespace();
                attributes += usize::from(is_blank || *byte == b'/');
                behind_equals &= is_blank;
            }
        }
        at += 1;
    }
}

/// The length of a content that ends at nothing but its own end tag.
fn raw_len(source: &str, name: &str) -> usize {
    let mut from = 0;
    while let Some(open) = source[from..].find("</").map(|open| from + open) {
        let rest = &source.as_bytes()[open + 2..];
        let is_end = rest.get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes()))
            && rest.get(name.len()).is_some_and(|c| c.is_ascii_whitespace() || matches!(c, b'/' | b'>'));
        if is_end {
            return open;
        }
        from = open + 2;
    }
    source.len()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::script("a<script src=x>no()</SCRIPT >b", "a<script src=x></SCRIPT >b")]
    #[case::style("a<style>p{}</style>b<STYLE>q", "a<style></style>b<STYLE>")]
    #[case::comments("a<!-- <script> -->b<!-->c<!--->d<!-- --!>e<!-- f", "abcde")]
    #[case::in_an_attribute(r#"<p title="<script>">a</p>"#, r#"<p title="<script>">a</p>"#)]
    #[case::in_a_spaced_attribute("<p title = '<style>'>a", "<p title = '<style>'>a")]
    #[case::a_lone_quote("<p don't><script>no()</script>a", "<p don't><script></script>a")]
    #[case::in_a_title("<title><script></title>a", "<title><script></title>a")]
    #[case::drawn("<svg><style/>a<style>b</style>", "<svg><style/>a<style>b</style>")]
    #[case::nested(
        "<script><!--<script></script>--></script>a",
        "<script><!--<script></script>--></script>a"
    )]
    #[case::strokes(r#"<svg><path d="M0"/><path d=M1></path><text>a"#, "<svg></path><text>a")]
    #[case::no_tag("1 < 2 <3 </p a<b", "1 < 2 <3 </p a<b")]
    #[case::forum(
        r#"<script>{"@type":"DiscussionForumPosting"}</script>"#,
        r#"<script>{"@type":"DiscussionForumPosting"}</script>"#
    )]
    fn what_is_run_is_left_out(#[case] source: &str, #[case] expected: &str) {
        assert_eq!(shown(source), expected);
    }

    #[test]
    fn attributes_without_end_are_dropped() {
        let attributes: String = (0..2_000).map(|at| format!(" a{at}=1")).collect();
        assert_eq!(
            shown(&format!("<p{attributes}>a<p{}>b", &attributes[..100])),
            format!("<p>a<p{}>b", &attributes[..100])
        );
    }

    #[rstest]
    #[case::a_page("<div><svg><rect/></svg><p><b>a</b><p>b<br>c<li>d</div>".repeat(10_000), false)]
    #[case::deep("<div>".repeat(3_000), true)]
    #[case::drawn(format!("<svg>{}", "<td>".repeat(3_000)), true)]
    #[case::icons("<svg><circle/><use /><br><img>".repeat(3_000), false)]
    #[case::long_and_deep(format!("{}{}", "<div>".repeat(1_900), "</p>x<p>".repeat(30_000)), true)]
    #[case::reopened(format!("<p>{}{}", "<b>".repeat(500), "</p><p>".repeat(10_000)), true)]
    #[case::closed(format!("<p>{}{}", "<b></b>".repeat(5_000), "</p><p>".repeat(10_000)), false)]
    fn pages_that_take_too_long_are_told(#[case] source: String, #[case] expected: bool) {
        assert_eq!(is_nested_too_deep(&source), expected);
    }
}
