use std::io::{Cursor, Write};

use model::ParsedDocument;
use rstest::rstest;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::render;

const TYPES: &str = r#"<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const ROOT: &str =
    r#"<Relationships><Relationship Type="http://x/officeDocument" Target="/w/main.xml"/></Relationships>"#;
const RELATIONS: &str = r#"<Relationships><Relationship Type="http://x/styles" Target="styles.xml"/>
    <Relationship Type="http://x/numbering" Target="numbering.xml"/>
    <Relationship Type="http://x/footnotes" Target="notes.xml"/>
    <Relationship Type="http://x/comments" Target="comments.xml"/>
    <Relationship Type="http://x/header" Target="header1.xml"/>
    <Relationship Type="http://x/header" Target="header2.xml"/>
    <Relationship Type="http://x/footer" Target="footer.xml"/>
    <Relationship Type="http://x/chart" Id="rId7" Target="charts/one.xml"/></Relationships>"#;
const STYLES: &str = r#"<w:styles><w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style></w:styles>"#;
const NUMBERING: &str = r#"<w:numbering>
    <w:abstractNum w:abstractNumId="1">
        <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/></w:lvl>
        <w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
    <w:abstractNum w:abstractNumId="2">
        <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>
        <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
    <w:abstractNum w:abstractNumId="3">
        <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Article %1"/></w:lvl>
        <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
    <w:num w:numId="3"><w:abstractNumId w:val="3"/></w:num>
    <w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>
    <w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>"#;
const NOTES: &str = r#"<w:footnotes><w:footnote w:id="2"><w:p><w:r><w:t>The note.</w:t></w:r></w:p></w:footnote></w:footnotes>"#;
const COMMENTS: &str = r#"<w:comments><w:comment w:id="4" w:author="Ada"><w:p><w:r><w:t>Is it?</w:t></w:r></w:p></w:comment></w:comments>"#;
const HEADER: &str = "<w:hdr><w:p><w:r><w:t>Running head</w:t></w:r></w:p></w:hdr>";
const FOOTER: &str = "<w:ftr><w:p><w:r><w:t>Page 1</w:t></w:r></w:p></w:ftr>";
const CHART: &str = r#"<c:chartSpace><c:chart><c:plotArea><c:pieChart><c:ser><c:tx><c:v>Tea</c:v></c:tx>
    <c:val><c:numLit><c:pt idx="0"><c:v>4.3</c:v></c:pt></c:numLit></c:val></c:ser></c:pieChart></c:plotArea></c:chart></c:chartSpace>"#;

fn package(body: &str) -> Vec<u8> {
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("w/_rels/main.xml.rels", RELATIONS),
        ("w/styles.xml", STYLES),
        ("w/numbering.xml", NUMBERING),
        ("w/notes.xml", NOTES),
        ("w/comments.xml", COMMENTS),
        ("w/header1.xml", HEADER),
        ("w/header2.xml", HEADER),
        ("w/footer.xml", FOOTER),
        // Another case, and backslashes: some writers are that careless.
        ("W\\Charts\\One.xml", CHART),
        ("w/main.xml", &document),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn document(body: &str) -> ParsedDocument {
    parse(&package(body), &Options::default()).unwrap().finish().unwrap()
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
fn list_items_bear_the_numbers_that_they_are_printed_with() {
    let item = |numbering: u8, level: u8, text: &str| {
        format!(
            r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{numbering}"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#
        )
    };
    let body = [
        item(1, 0, "Print the fingerprint."),
        item(1, 1, "On the console"),
        item(1, 0, "Read it:"),
        "<w:p><w:r><w:t>It has 64 digits.</w:t></w:r></w:p>".to_owned(),
        item(1, 0, "Compare the fingerprints."),
        item(2, 0, "A bullet"),
        item(2, 1, "First"),
        item(2, 1, "Second"),
    ];
    insta::assert_snapshot!(document(&body.concat()).text, @r"
    1. Print the fingerprint.
      - On the console
    2. Read it:

    It has 64 digits.

    3. Compare the fingerprints.

    - A bullet
      1. First
      2. Second
    ");
}

#[test]
fn labels_that_say_more_than_a_number_are_kept() {
    let item = |level: u8, text: &str| {
        format!(
            r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#
        )
    };
    let cell = format!("<w:tc>{}</w:tc>", item(1, "Meanings"));
    let body = [
        item(0, "Scope"),
        item(1, "Parties"),
        item(1, "Place"),
        item(0, "Terms"),
        format!("<w:tbl><w:tr>{cell}<w:tc/></w:tr></w:tbl>"),
    ];
    insta::assert_snapshot!(document(&body.concat()).text, @r"
    - Article 1 Scope
      - 1.1 Parties
      - 1.2 Place
    - Article 2 Terms

    | 2.1 Meanings |  |
    ");
}

#[rstest]
#[case::text_alone(Options::default(), "Text.")]
#[case::comments(
    Options { comments: true, ..Options::default() },
    "Text.\n\nComment by Ada: Is it?"
)]
#[case::page_furniture(
    Options { page_furniture: true, ..Options::default() },
    "Running head\n\nText.\n\nPage 1"
)]
fn comments_and_page_furniture_are_kept_on_request(#[case] options: Options, #[case] text: &str) {
    let body = r#"<w:p><w:commentRangeStart w:id="4"/><w:r><w:t>Text.</w:t></w:r><w:commentRangeEnd w:id="4"/>
        <w:r><w:commentReference w:id="4"/></w:r></w:p>
        <w:sectPr><w:headerReference w:type="default" r:id="rId1"/></w:sectPr>"#;
    assert_eq!(parse(&package(body), &options).unwrap().finish().unwrap().text, text);
}

#[test]
fn a_chart_is_written_as_its_table() {
    let chart = r#"<w:p><w:r><w:t>Sales:</w:t></w:r><w:r><w:drawing><a:graphicData><c:chart r:id="rId7"/></a:graphicData></w:drawing></w:r></w:p>"#;
    assert_eq!(document(&chart.repeat(2)).text, "Sales:\n\n|  | Tea |\n|  | 4.3 |\n\nSales:");
}

#[rstest]
#[case::control(
    r#"<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt>"#,
    "[x] Tea"
)]
#[case::control_off(
    r#"<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="0"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>"#,
    "[ ] Tea"
)]
#[case::form(
    r#"<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="1"/></w:checkBox></w:ffData></w:fldChar></w:r>
    <w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>"#,
    "[x] Tea"
)]
fn boxes_to_tick_are_those_of_markdown(#[case] control: &str, #[case] text: &str) {
    let body = format!(r#"<w:p>{control}<w:r><w:t xml:space="preserve"> Tea</w:t></w:r></w:p>"#);
    assert_eq!(document(&body).text, text);
}

#[rstest]
#[case::inline(
    "<w:r><w:t>If </w:t></w:r><m:oMath><m:r><m:t>a</m:t></m:r></m:oMath><m:oMath><m:r><m:t>b</m:t></m:r></m:oMath>",
    "If $a$ $b$"
)]
#[case::alone(
    "<w:r><w:t>If</w:t></w:r><m:oMathPara><m:oMath><m:r><m:t>a</m:t></m:r></m:oMath></m:oMathPara>",
    "If\n$$a$$"
)]
fn formulas_stand_apart(#[case] content: &str, #[case] text: &str) {
    assert_eq!(document(&format!("<w:p>{content}</w:p>")).text, text);
}

#[test]
fn damage_is_named() {
    let deep = "<w:sdt>".repeat(2_000);
    let error = parse(&package(&deep), &Options::default()).unwrap_err().to_string();
    assert!(error.contains("nested more than"), "{error}");
    assert!(matches!(parse(b"PK\x03\x04 no archive", &Options::default()), Err(ParseError::Broken { .. })));
    assert_eq!(inside(&package("")), Ok(Inside::Word));
}

#[test]
fn a_part_that_unpacks_to_too_much_is_refused() {
    let bomb = package(&" ".repeat(20 * 1024 * 1024));
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    assert_eq!(
        parse(&bomb, &Options::default()),
        Err(ParseError::TooLarge("w/main.xml unpacks to more than 16 MiB".to_owned()))
    );
}

#[test]
fn merged_cells_are_repeated_within_bounds() {
    let cell = |properties: &str, text: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let label = cell(r#"<w:gridSpan w:val="3"/>"#, "label");
    let long = cell(r#"<w:gridSpan w:val="3"/>"#, &"long ".repeat(100));
    let rows = document(&format!("<w:tbl><w:tr>{label}</w:tr><w:tr>{long}</w:tr></w:tbl>")).text;
    assert_eq!((rows.matches("label").count(), rows.matches("long").count()), (3, 100));

    let wide = cell(r#"<w:gridSpan w:val="256"/>"#, &"x".repeat(200));
    let table = format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", wide.repeat(20));
    let text = document(&table.repeat(100)).text;
    assert!(text.len() < 16 * 1024 * 1024, "{}", text.len());
}
