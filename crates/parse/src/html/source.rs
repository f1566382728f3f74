//! The source of a page before it is read: without what a browser runs rather than shows, and told
//! apart from sources that would take a parser too long.

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
        let Some(tag) = tag_len(rest) else { break };
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
        }
    }
    shown.push_str(&source[copied..]);
    shown
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

/// The length of a tag up to its `>`; `None` where it has none. A quote counts behind an equals sign.
fn tag_len(tag: &str) -> Option<usize> {
    let bytes = tag.as_bytes();
    let mut at = 1;
    let mut behind_equals = false;
    loop {
        match bytes.get(at)? {
            b'>' => return Some(at + 1),
            quote @ (b'"' | b'\'') if behind_equals => {
                at += 1 + tag[at + 1..].find(char::from(*quote))?;
                behind_equals = false;
            }
            // Another one behind an equals sign is the start of an unquoted value.
            b'=' => behind_equals = !behind_equals,
            byte => behind_equals &= byte.is_ascii_whitespace(),
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
    #[case::no_tag("1 < 2 <3 </p a<b", "1 < 2 <3 </p a<b")]
    #[case::forum(
        r#"<script>{"@type":"DiscussionForumPosting"}</script>"#,
        r#"<script>{"@type":"DiscussionForumPosting"}</script>"#
    )]
    fn what_is_run_is_left_out(#[case] source: &str, #[case] expected: &str) {
        assert_eq!(shown(source), expected);
    }
}
