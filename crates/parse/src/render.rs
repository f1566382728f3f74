//! A parsed document as Markdown.
