//! What the structure tree tells, and when it is not believed.

use model::BlockKind;
use parse::{Options, pdf};
use proptest::prelude::*;
use rstest::rstest;

use super::{
    PROSE,
    builder::{Builder, line, lines},
    kinds, parse,
};

/// The number of the structure tree's object in a document of one page, and that of the page.
const TREE: usize = 6;
const PAGE: usize = 8;

/// Numbered marked content.
fn marked(number: usize, content: &str) -> String {
    format!("/X << /MCID {number} >> BDC {content} EMC\n")
}

/// A document of one page with a structure tree: its entries, and its elements.
fn tagged(content: &str, entries: &str, elements: &str) -> Builder {
    let mut builder = Builder::new();
    let tree =
        format!("<< /Type /StructTreeRoot {entries} /K << /S /Document /Pg {PAGE} 0 R /K [{elements}] >> >>");
    assert_eq!(builder.object(&tree), TREE);
    builder.catalog(&format!("/StructTreeRoot {TREE} 0 R")).page(content)
}

/// An element of a type with its kids.
fn element(name: &str, kids: &str) -> String {
    format!("<< /S /{name} /K [{kids}] >>")
}

fn levels(document: &model::ParsedDocument) -> Vec<u8> {
    let level = |block: &model::Block| match block.kind {
        BlockKind::Heading { level } => Some(level),
        _ => None,
    };
    document.blocks.iter().filter_map(level).collect()
}

/// Three headings, set alike, with prose below each.
fn sections() -> String {
    (0_u8..3)
        .map(|at| {
            let y = 720.0 - 120.0 * f32::from(at);
            let number = usize::from(at) * 2;
            marked(number, &line("F2", 14.0, 72.0, y, &format!("Of animals {at}")))
                + &marked(number + 1, &lines(72.0, y - 30.0, &PROSE))
        })
        .collect()
}

#[rstest]
#[case::exact(["H2", "H3", "H6"], "", &[2, 3, 6])]
#[case::beyond(["H7", "H12", "H1"], "", &[6, 6, 1])]
#[case::title(["Title", "H1", "H1"], "/RoleMap << /Title /P >>", &[1, 1, 1])]
#[case::own_names(["Head", "Sub", "Sub"], "/RoleMap << /Head /H1 /Sub /Minor /Minor /H2 >>", &[1, 2, 2])]
#[case::a_circle_of_names(["Head", "H2", "H3"], "/RoleMap << /Head /Tail /Tail /Head >>", &[2, 3])]
#[case::paragraphs_alone_leave_it_to_the_layout(["P", "P", "P"], "", &[1, 1, 1])]
fn headings_have_the_levels_of_their_tags(
    #[case] names: [&str; 3],
    #[case] entries: &str,
    #[case] expected: &[u8],
) {
    let elements: String = names
        .iter()
        .enumerate()
        .map(|(at, name)| element(name, &format!("{}", 2 * at)) + &element("P", &format!("{}", 2 * at + 1)))
        .collect();
    assert_eq!(levels(&parse(tagged(&sections(), entries, &elements))), expected);
}

#[test]
fn headings_without_a_level_have_that_of_their_section() {
    let below = element("Sect", &(element("H", "4") + &element("P", "5")));
    let within = element("Sect", &(element("H", "2") + &element("P", "3") + &below));
    let elements = element("Sect", &(element("H", "0") + &element("P", "1") + &within));
    assert_eq!(levels(&parse(tagged(&sections(), "", &elements))), [1, 2, 3]);
}

#[test]
fn tags_of_a_part_are_not_believed() {
    // The prose belongs to nothing; the layout sees three headings of one level.
    assert_eq!(levels(&parse(tagged(&sections(), "", &element("H4", "0")))), [1, 1, 1]);
}

#[test]
fn a_document_all_of_headings_is_one_without() {
    let elements: String = (0..6).map(|number| element("H3", &number.to_string())).collect();
    assert_eq!(levels(&parse(tagged(&sections(), "", &elements))), [1, 1, 1]);
}

#[test]
fn a_heading_of_two_lines_is_one_and_a_tagged_name_is_no_code() {
    let heading = line("F2", 14.0, 72.0, 720.0, "Of the animals that live")
        + &line("F2", 14.0, 72.0, 702.0, "in the woods");
    let content = marked(0, &heading)
        + &marked(1, &lines(72.0, 670.0, &PROSE))
        + &marked(2, &line("F3", 11.0, 72.0, 600.0, "Vec<Animal>"))
        + &marked(3, &lines(72.0, 570.0, &PROSE));
    let elements = ["H1", "P", "H2", "P"].iter().zip(0..).map(|(name, at)| element(name, &format!("{at}")));
    let document = parse(tagged(&content, "", &elements.collect::<String>()));
    assert_eq!(kinds(&document), ["h1", "p", "h2", "p"]);
    assert_eq!(document.blocks[0].text, "Of the animals that live in the woods");
}

#[test]
fn items_have_their_marks_and_levels_by_tags() {
    // Nothing is indented, and a mark is a letter.
    let content = marked(0, &line("F1", 11.0, 72.0, 700.0, "1."))
        + &marked(1, &line("F1", 11.0, 90.0, 700.0, "get up"))
        + &marked(2, &line("F1", 11.0, 72.0, 686.0, "o"))
        + &marked(3, &line("F1", 11.0, 90.0, 686.0, "slowly, with one foot first and"))
        + &marked(4, &line("F1", 11.0, 72.0, 672.0, "then the other"))
        + &marked(5, &line("F1", 11.0, 72.0, 658.0, "2."))
        + &marked(6, &line("F1", 11.0, 90.0, 658.0, "lie down"))
        + &marked(7, &lines(72.0, 640.0, &PROSE));
    let item = |label: &str, body: &str| element("LI", &(element("Lbl", label) + &element("LBody", body)));
    let within = element("L", &item("2", "3 4"));
    let list = element("L", &(item("0", &format!("1 {within}")) + &item("5", "6")));
    let document = parse(tagged(&content, "", &(list + &element("P", "7"))));
    assert_eq!(kinds(&document), ["ol", "p"]);
    assert_eq!(
        document.blocks[0].text,
        "1. get up\n  - slowly, with one foot first and then the other\n2. lie down"
    );
}

/// Rows of two cells at distances across, with their elements.
fn table(at: &[[f32; 2]]) -> (String, String) {
    let (mut content, mut rows) = (String::new(), String::new());
    for (row, places) in at.iter().enumerate() {
        let mut cells = String::new();
        for (column, x) in places.iter().enumerate() {
            let (number, y) = (2 * row + column, 700.0 - 14.0 * row as f32);
            content += &marked(number, &line("F1", 11.0, *x, y, &format!("cell {row}{column}")));
            cells += &element("TD", &number.to_string());
        }
        rows += &element("TR", &cells);
    }
    (content, element("Table", &rows))
}

#[test]
fn tables_are_those_of_the_tags_where_the_page_agrees() {
    let prose = marked(90, &lines(72.0, 640.0, &PROSE));
    // Too near to each other to be told from a sentence.
    let (content, rows) = table(&[[72.0, 112.0], [72.0, 112.0]]);
    let document = parse(tagged(&(content + &prose), "", &(rows + &element("P", "90"))));
    let BlockKind::Table { rows, .. } = &document.blocks[0].kind else { panic!("{document:?}") };
    assert_eq!(*rows, [["cell 00", "cell 01"], ["cell 10", "cell 11"]]);

    let (content, rows) = table(&[[72.0, 112.0], [112.0, 72.0]]);
    let document = parse(tagged(&(content + &prose), "", &(rows + &element("P", "90"))));
    assert!(!kinds(&document).contains(&"table"), "{document:?}");
}

#[test]
fn spans_move_the_cells_after_them() {
    let cells = [
        ("all", 72.0, 0.0),
        ("a", 72.0, 14.0),
        ("b", 112.0, 14.0),
        ("c", 112.0, 28.0),
        ("d", 72.0, 42.0),
        ("e", 112.0, 42.0),
    ];
    let content: String = cells
        .iter()
        .enumerate()
        .map(|(number, (text, x, down))| marked(number, &line("F1", 11.0, *x, 700.0 - down, text)))
        .collect();
    let spanning = |columns: u8, rows: u8, number: u8| {
        format!(
            "<< /S /TD /A [<< /O /Table /ColSpan {columns} >> << /O /Table /RowSpan {rows} >>] /K {number} >>"
        )
    };
    let rows = element("TR", &spanning(2, 1, 0))
        + &element("TR", &(spanning(1, 2, 1) + &element("TD", "2")))
        + &element("TR", &element("TD", "3"))
        + &element("TR", &(element("TD", "4") + &element("TD", "5")));
    let text = marked(9, &lines(72.0, 600.0, &PROSE));
    let document = parse(tagged(&(content + &text), "", &(element("Table", &rows) + &element("P", "9"))));
    assert_eq!(document.blocks[0].text, "| all |  |\n| a | b |\n|  | c |\n| d | e |");
}

#[test]
fn trees_without_end_are_left() {
    let circle = format!("<< /S /Sect /K [{TREE} 0 R {TREE} 0 R 0] >> ");
    let deep = "<< /S /Sect /K ".repeat(90) + "1" + &" >>".repeat(90);
    let document = parse(tagged(&sections(), "", &(circle + &deep)));
    assert_eq!(levels(&document), [1, 1, 1]);
}

proptest! {
    #[test]
    fn random_trees_never_panic(tree in "(<< /S /(H|H1|L|LI|Lbl|Table|TR|TD|P) /K \\[?|[0-9] |\\] ?>>|6 0 R ){0,60}") {
        let _ = pdf::parse(&tagged(&sections(), "", &tree).build(), &Options::default(), parse::Help::default());
    }
}
