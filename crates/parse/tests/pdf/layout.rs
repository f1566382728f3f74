//! What stands beside, above and below each other on a page.

use model::{Block, BlockKind, ListItem, ParsedDocument};

use super::{
    PROSE,
    builder::{Builder, line, lines},
    kinds, parse,
};

/// Ruled lines over the width of the text, at heights from the bottom.
fn rules(heights: &[f32]) -> String {
    heights.iter().map(|y| format!("1 w 68 {y} m 527 {y} l S\n")).collect()
}

/// A row of cells 130 points apart.
fn row(y: f32, cells: &[&str]) -> String {
    cells.iter().zip(0u8..).map(|(cell, at)| line("F1", 9.0, 72.0 + 130.0 * f32::from(at), y, cell)).collect()
}

fn tables<'d>(document: &'d ParsedDocument) -> Vec<&'d Vec<Vec<String>>> {
    let rows = |block: &'d Block| match &block.kind {
        BlockKind::Table { rows, .. } => Some(rows),
        _ => None,
    };
    document.blocks.iter().filter_map(rows).collect()
}

fn items(document: &ParsedDocument) -> Vec<(u8, Option<u32>, &str)> {
    let lists = document.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::List { items, .. } => Some(items),
        _ => None,
    });
    lists.flatten().map(|ListItem { level, number, text }| (*level, *number, text.as_str())).collect()
}

#[test]
fn tables_between_rules_end_at_headings_and_prose() {
    // The rules of head, both tables and all of their rows have one extent.
    let content = rules(&[750.0, 700.0, 680.0, 660.0, 628.0, 440.0, 420.0, 400.0])
        + &line("F2", 17.0, 68.0, 720.0, "5 Lights")
        + &row(686.0, &["Light", "Meaning", "What to do"])
        + &row(666.0, &["White, steady", "Ready, all is up to date", "Nothing"])
        + &row(646.0, &["Red, steady", "A drive has failed", "Replace the drive,"])
        + &line("F1", 9.0, 332.0, 634.5, "see section 5.1")
        + &line("F2", 13.0, 68.0, 590.0, "5.1 Drives")
        + &lines(68.0, 560.0, &PROSE)
        + &line("F2", 17.0, 68.0, 470.0, "6 Technical data")
        + &line("F2", 9.0, 202.0, 426.0, "S2")
        + &line("F2", 9.0, 332.0, 426.0, "S4")
        + &row(406.0, &["Memory", "4 GB", "8 GB"]);
    let document = parse(Builder::new().page(&content));
    assert_eq!(kinds(&document), ["h1", "table", "h2", "p", "h1", "table"], "{}", document.text);
    let [lights, data] = tables(&document)[..] else { panic!("{}", document.text) };
    assert_eq!(lights[0], ["Light", "Meaning", "What to do"]);
    assert_eq!(lights[2], ["Red, steady", "A drive has failed", "Replace the drive, see section 5.1"]);
    assert_eq!(*data, [["", "S2", "S4"], ["Memory", "4 GB", "8 GB"]]);
}

#[test]
fn tables_between_rules_start_at_their_first_row() {
    let content = rules(&[750.0, 640.0, 620.0, 600.0, 580.0])
        + &lines(72.0, 720.0, &["3. Choose a name.", "4. Choose how the vault is protected (see below)."])
        + &row(626.0, &["Protection", "Drives"])
        + &row(606.0, &["None", "1"])
        + &row(586.0, &["Mirror", "2"]);
    let document = parse(Builder::new().page(&content));
    assert_eq!(kinds(&document), ["ol", "table"]);
    assert_eq!(*tables(&document)[0], [["Protection", "Drives"], ["None", "1"], ["Mirror", "2"]]);
}

#[test]
fn a_text_of_its_own_between_rules_heads_the_rows_below() {
    let content = rules(&[640.0, 620.0, 600.0, 580.0])
        + &row(626.0, &["Model", "Legs"])
        + &row(606.0, &["Animals of the farm"])
        + &row(586.0, &["Hen", "2"]);
    let document = parse(Builder::new().page(&content));
    assert_eq!(*tables(&document)[0], [["Model", "Legs"], ["Animals of the farm", ""], ["Hen", "2"]]);
}

#[test]
fn narrow_columns_on_a_page_with_full_lines_stay_paragraphs() {
    let left = ["Agent. The program that", "cuts files into blocks", "and sends them."];
    let right = ["Vault. The encrypted", "store on the drives of", "an appliance."];
    let full =
        ["Below them a line goes over the whole width of both of these columns and so it ends far right."];
    let content = lines(72.0, 700.0, &left) + &lines(320.0, 700.0, &right) + &lines(72.0, 620.0, &full);
    let document = parse(Builder::new().page(&content));
    assert_eq!(document.text, [left.join(" "), right.join(" "), full.join(" ")].join("\n\n"));
}

#[test]
fn running_heads_that_name_the_chapter_go_even_if_drawn_last() {
    let chapters = ["1 Foxes", "2 Dogs", "3 Cats", "4 Hens"];
    let mut builder = Builder::new();
    for chapter in chapters {
        let content = lines(72.0, 700.0, &[&format!("This page tells of chapter {chapter}.")])
            + &line("F1", 8.5, 72.0, 750.0, "The Big Book")
            + &line("F1", 8.5, 480.0, 750.0, chapter)
            + &line("F1", 9.0, 300.0, 30.0, "7");
        builder = builder.page(&content);
    }
    let document = parse(builder);
    let expected = chapters.map(|chapter| format!("This page tells of chapter {chapter}."));
    assert_eq!(document.text, expected.join("\n\n"));
}

#[test]
fn rows_at_one_height_of_several_pages_are_no_running_heads() {
    let mut builder = Builder::new();
    for (number, name) in (1..).zip(["fox", "dog", "cat", "hen"]) {
        let content = lines(72.0, 770.0, &[&format!("Animals, part {name}")])
            + &line("F1", 11.0, 72.0, 740.0, "Name of it")
            + &line("F1", 11.0, 300.0, 740.0, &format!("{name} {number}"))
            + &lines(72.0, 600.0, &PROSE);
        builder = builder.page(&content);
    }
    let document = parse(builder);
    assert!(document.text.contains("Name of it fox 1"), "{}", document.text);
}

#[test]
fn what_pages_say_in_their_middle_too_is_no_running_head() {
    let clause = "This clause carries no legal weight.";
    let mut builder = Builder::new();
    for topic in ["Parts", "Payment", "Notice", "Law"] {
        let content = line("F1", 11.0, 72.0, 770.0, "A sample agreement")
            + &line("F2", 14.0, 72.0, 750.0, topic)
            + &lines(72.0, 725.0, &[clause])
            + &line("F2", 14.0, 72.0, 600.0, &format!("More of {topic}"))
            + &lines(72.0, 575.0, &[clause]);
        builder = builder.page(&content);
    }
    let document = parse(builder);
    assert_eq!(document.text.matches(clause).count(), 8, "{}", document.text);
    assert!(!document.text.contains("sample agreement"), "{}", document.text);
}

#[test]
fn a_list_keeps_its_levels_in_the_next_column() {
    let left = lines(71.0, 400.0, &["\u{2022} a bag of screws:"]) + &lines(87.0, 384.0, &["- 8 long ones"]);
    let right = lines(329.0, 700.0, &["- 8 short ones"]) + &lines(313.0, 684.0, &["\u{2022} a card"]);
    let document = parse(Builder::new().page(&(left + &right).replace('\u{2022}', "\\225")));
    let expected = [
        (0, None, "a bag of screws:"),
        (1, None, "8 long ones"),
        (1, None, "8 short ones"),
        (0, None, "a card"),
    ];
    assert_eq!(items(&document), expected);
}

#[test]
fn a_numbered_list_goes_on_behind_the_notes_of_a_page() {
    let first = lines(72.0, 300.0, &PROSE)
        + &lines(72.0, 220.0, &["1. Get up.", "2. Wash."])
        + &line("F1", 8.0, 72.0, 60.0, "1 With water.");
    let second = lines(72.0, 700.0, &["3. Lie down.", "4. Sleep."]) + &lines(72.0, 650.0, &PROSE);
    let document = parse(Builder::new().page(&first).page(&second));
    assert_eq!(kinds(&document), ["p", "ol", "note", "p"]);
    let expected =
        [(0, Some(1), "Get up."), (0, Some(2), "Wash."), (0, Some(3), "Lie down."), (0, Some(4), "Sleep.")];
    assert_eq!(items(&document), expected);
    assert_eq!(document.blocks[2].text, "[1] With water.");
}

#[test]
fn lists_need_not_start_at_one_but_have_to_count() {
    let document = parse(Builder::new().page(&lines(72.0, 700.0, &["3. Lie down.", "4. Sleep."])));
    assert_eq!(document.text, "3. Lie down.\n4. Sleep.");
    assert_eq!(kinds(&document), ["ol"]);
    let document = parse(Builder::new().page(&lines(72.0, 700.0, &["3. Lie down.", "9. Sleep."])));
    assert_eq!(kinds(&document), ["p", "p"]);
}

#[test]
fn entries_of_a_table_of_contents_are_one_block() {
    let content = lines(72.0, 700.0, &["1 Foxes . . . . . . . . . 2"])
        + &lines(86.0, 686.0, &["1.1 Red ones . . . . . . . . . 2"])
        + &lines(72.0, 660.0, &["2 Dogs . . . . . . . . . 3"]);
    let document = parse(Builder::new().page(&content));
    assert_eq!(document.text, "1 Foxes .... 2\n1.1 Red ones .... 2\n2 Dogs .... 3");
    assert_eq!(kinds(&document), ["p"]);
}

/// Cells at distances across, with distances down from the first line.
fn cells(cells: &[(f32, f32, &str)]) -> String {
    cells.iter().map(|(x, down, text)| line("F1", 11.0, *x, 700.0 - down, text)).collect()
}

#[test]
fn columns_of_text_are_a_table_cells_of_several_lines_included() {
    // Rows have more space between them than lines; the marks stand beside the middle of their texts.
    let content = cells(&[
        (72.0, 0.0, "Key"),
        (140.0, 0.0, "Meaning"),
        (72.0, 26.5, "one"),
        (140.0, 20.0, "the first of all the numbers"),
        (140.0, 33.0, "that there are"),
        (72.0, 53.0, "two"),
        (140.0, 53.0, "the second"),
        (72.0, 73.0, "three"),
        (140.0, 73.0, "the third"),
    ]) + &lines(72.0, 590.0, &PROSE);
    let document = parse(Builder::new().page(&content));
    assert_eq!(kinds(&document), ["table", "p"]);
    let expected = [
        ["Key", "Meaning"],
        ["one", "the first of all the numbers that there are"],
        ["two", "the second"],
        ["three", "the third"],
    ];
    assert_eq!(*tables(&document)[0], expected);
}

#[test]
fn a_cell_may_stand_beside_the_middle_of_others_in_tight_rows() {
    let content = cells(&[
        (72.0, 0.0, "one"),
        (140.0, 0.0, "the first"),
        (72.0, 13.0, "two"),
        (140.0, 13.0, "the second"),
        (140.0, 26.0, "the third, which goes on"),
        (72.0, 32.5, "three"),
        (140.0, 39.0, "in a second line"),
        (72.0, 52.0, "four"),
        (140.0, 52.0, "the last"),
    ]);
    let document = parse(Builder::new().page(&content));
    let expected = [
        ["one", "the first"],
        ["two", "the second"],
        ["three", "the third, which goes on in a second line"],
        ["four", "the last"],
    ];
    assert_eq!(*tables(&document)[0], expected);
}

#[test]
fn contents_columns_of_prose_and_code_are_no_tables() {
    let titles = ["Of foxes", "Of dogs and cats", "Of hens", "Of cows", "Of all the others"];
    let contents: String = (0_u8..)
        .zip(titles)
        .map(|(at, title)| {
            let down = 14.0 * f32::from(at);
            cells(&[(72.0, down, title), (500.0, down, &format!("{}", 3 + 4 * at))])
        })
        .collect();
    let prose: String = (0_u8..)
        .zip(PROSE)
        .map(|(at, text)| {
            let down = 14.0 * f32::from(at);
            cells(&[(72.0, down, text), (400.0, down, text)])
        })
        .collect();
    let code: String = (0_u8..5)
        .map(|at| {
            line("F3", 10.0, 72.0, 700.0 - 12.0 * f32::from(at), "let a = 1;")
                + &line("F3", 10.0, 200.0, 700.0 - 12.0 * f32::from(at), "// one")
        })
        .collect();
    for content in [contents, prose, code] {
        let document = parse(Builder::new().page(&content));
        assert!(!kinds(&document).contains(&"table"), "{document:?}");
    }
}

#[test]
fn bullets_that_are_drawn_are_marks() {
    let disc = |x: f32, y: f32| {
        format!(
            "{x} {y} m {0} {1} {2} {1} {2} {y} c {2} {3} {x} {3} {x} {y} c h f\n",
            x,
            y + 2.0,
            x + 3.0,
            y - 2.0
        )
    };
    let square = |x: f32, y: f32| format!("{x} {y} 3 3 re f\n");
    let content = lines(72.0, 720.0, &["These things are here:"])
        + &disc(82.0, 703.5)
        + &lines(92.0, 700.0, &["first of the things"])
        + &square(102.0, 688.0)
        + &lines(112.0, 686.0, &["a part of the first"])
        + &disc(82.0, 675.5)
        + &lines(92.0, 672.0, &["second of them"])
        + &lines(72.0, 640.0, &PROSE);
    let document = parse(Builder::new().page(&content));
    assert_eq!(
        items(&document),
        [(0, None, "first of the things"), (1, None, "a part of the first"), (0, None, "second of them")]
    );
    assert_eq!(kinds(&document), ["p", "ul", "p"]);
}

#[test]
fn names_in_a_face_of_fixed_width_are_no_code_within_a_sentence() {
    let content = lines(72.0, 700.0, &["A sentence goes on to the end of its line, where"])
        + &line("F3", 9.0, 72.0, 686.0, "a_name_that_is_long_enough_to_fill_a_line_of_it")
        + &lines(72.0, 672.0, &["comes before its end."]);
    let document = parse(Builder::new().page(&content));
    assert_eq!(kinds(&document), ["p"], "{document:?}");
}
