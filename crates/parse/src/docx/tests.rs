use std::io::{Cursor, Write};

use model::ParsedDocument;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::render;

const TYPES: &str = r#"<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const ROOT: &str =
    r#"<Relationships><Relationship Type="http://x/officeDocument" Target="/w/main.xml"/></Relationships>"#;
const RELATIONS: &str = r#"<Relationships><Relationship Type="http://x/styles" Target="styles.xml"/>
    <Relationship Type="http://x/footnotes" Target="notes.xml"/></Relationships>"#;
const STYLES: &str = r#"<w:styles><w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style></w:styles>"#;
const NOTES: &str = r#"<w:footnotes><w:footnote w:id="2"><w:p><w:r><w:t>The note.</w:t></w:r></w:p></w:footnote></w:footnotes>"#;

fn package(body: &str) -> Vec<u8> {
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("w/_rels/main.xml.rels", RELATIONS),
        ("w/styles.xml", STYLES),
        ("w/notes.xml", NOTES),
        ("w/main.xml", &document),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn document(body: &str) -> ParsedDocument {
    parse(&package(body)).unwrap().finish().unwrap()
}

#[test]
fn the_final_text_is_read_with_its_structure() {
    let document = document(
        r#"<w:p><w:pPr><w:pStyle w:val="H2"/></w:pPr><w:r><w:t>Title</w:t></w:r></w:p>
        <w:p><w:r><w:t xml:space="preserve">Kept </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>
          <w:ins><w:r><w:t>added &amp; linked</w:t><w:footnoteReference w:id="2"/></w:r></w:ins></w:p>
        <w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>Wide</w:t></w:r></w:p></w:tc></w:tr>
          <w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
        <w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice>
          <mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"#,
    );
    insta::assert_snapshot!(render::markdown(&document), @r"
    ## Title

    Kept added & linked

    The note.

    | Wide | Wide |
    | --- | --- |
    | a | b |

    Boxed
    ");
}

#[test]
fn damage_is_named() {
    let deep = "<w:sdt>".repeat(2_000);
    let error = parse(&package(&deep)).unwrap_err().to_string();
    assert!(error.contains("nested more than"), "{error}");
    assert!(matches!(parse(b"PK\x03\x04 no archive"), Err(ParseError::Broken { .. })));
    assert_eq!(inside(&package("")), Ok(Inside::Word));
}
