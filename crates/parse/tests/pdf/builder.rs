//! Writes small PDFs: text objects, a cross-reference table, nothing compressed.

/// A PDF under construction. Fonts `F1` (Helvetica), `F2` (Helvetica-Bold) and `F3` (Courier) are
/// there for all pages.
pub(crate) struct Builder {
    pages: Vec<Page>,
    resources: String,
    catalog: String,
    trailer: String,
    objects: Vec<String>,
}

struct Page {
    content: String,
    entries: String,
}

const FIRST_OBJECT: usize = 3;

impl Builder {
    pub(crate) fn new() -> Self {
        let font = |name: &str| {
            format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>")
        };
        Self {
            pages: Vec::new(),
            resources: String::new(),
            catalog: String::new(),
            trailer: String::new(),
            objects: vec![font("Helvetica"), font("Helvetica-Bold"), font("Courier")],
        }
    }

    /// A page of 612 by 792 points that shows a content stream.
    pub(crate) fn page(self, content: &str) -> Self {
        self.page_with(content, "")
    }

    /// A page with further entries in its dictionary.
    pub(crate) fn page_with(mut self, content: &str, entries: &str) -> Self {
        self.pages.push(Page { content: content.to_owned(), entries: entries.to_owned() });
        self
    }

    /// Adds an object; its number.
    pub(crate) fn object(&mut self, object: &str) -> usize {
        self.objects.push(object.to_owned());
        FIRST_OBJECT + self.objects.len() - 1
    }

    /// Adds a stream; its number.
    pub(crate) fn stream(&mut self, entries: &str, data: &str) -> usize {
        self.object(&format!("<< {entries} /Length {} >>\nstream\n{data}\nendstream", data.len()))
    }

    /// Adds a font under a name.
    pub(crate) fn font(mut self, name: &str, dict: &str) -> Self {
        let number = self.object(dict);
        self.resources.push_str(&format!(" /{name} {number} 0 R"));
        self
    }

    /// Adds an entry to the catalog.
    pub(crate) fn catalog(mut self, entry: &str) -> Self {
        self.catalog.push_str(entry);
        self
    }

    /// Adds an entry to the trailer.
    pub(crate) fn trailer(mut self, entry: &str) -> Self {
        self.trailer.push_str(entry);
        self
    }

    pub(crate) fn build(mut self) -> Vec<u8> {
        let fonts = format!("/F1 3 0 R /F2 4 0 R /F3 5 0 R{}", self.resources);
        let pages = std::mem::take(&mut self.pages);
        let mut kids = String::new();
        for page in &pages {
            let content = self.stream("", &page.content);
            // An entry of its own comes before the common resources and so may bring others.
            let resources = if page.entries.contains("/Resources") {
                page.entries.replace("FONTS", &format!("/Font << {fonts} >>"))
            } else {
                format!("{} /Resources << /Font << {fonts} >> >>", page.entries)
            };
            let number = self.object(&format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {content} 0 R {resources} >>"
            ));
            kids.push_str(&format!("{number} 0 R "));
        }
        let mut out = b"%PDF-1.7\n".to_vec();
        let catalog = format!("<< /Type /Catalog /Pages 2 0 R {} >>", self.catalog);
        let tree = format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len());
        let mut offsets = Vec::new();
        for (number, object) in [&catalog, &tree].into_iter().chain(&self.objects).enumerate() {
            offsets.push(out.len());
            out.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).bytes());
        }
        let start = out.len();
        out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).bytes());
        for offset in &offsets {
            out.extend(format!("{offset:010} 00000 n \n").bytes());
        }
        let size = offsets.len() + 1;
        out.extend(
            format!("trailer\n<< /Size {size} /Root 1 0 R {} >>\nstartxref\n{start}\n%%EOF\n", self.trailer)
                .bytes(),
        );
        out
    }
}

/// A content stream that shows a line: font, size, place from the bottom left, text.
pub(crate) fn line(font: &str, size: f32, x: f32, y: f32, text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
    format!("BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET\n")
}

/// Lines of 11-point Helvetica below each other, 14 points apart.
pub(crate) fn lines(x: f32, y: f32, texts: &[&str]) -> String {
    texts.iter().enumerate().map(|(at, text)| line("F1", 11.0, x, y - 14.0 * at as f32, text)).collect()
}
