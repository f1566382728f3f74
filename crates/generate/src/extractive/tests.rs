//! What the built-in teacher makes of whole passages.

use model::{ContentType, GenerateConfig, GenerateSettings, GenerationType, Passage};
use proptest::prelude::*;
use rstest::rstest;

use super::teach;

fn settings(count: u32) -> GenerateSettings {
    GenerateSettings {
        teacher_model: crate::BUILTIN.into(),
        generation_type: GenerationType::Qa,
        temperature: 0.0,
        system_prompt: None,
        config: GenerateConfig { pairs_per_chunk: count, ..GenerateConfig::default() },
    }
}

fn passage(path: &[&str], language: Option<&str>, text: &str) -> Passage {
    Passage {
        document: "Aurora kettle".into(),
        heading_path: path.iter().map(ToString::to_string).collect(),
        content_type: ContentType::Mixed,
        text: text.into(),
        table_header: Vec::new(),
        language: language.map(str::to_owned),
        before: String::new(),
        after: String::new(),
        imported: None,
    }
}

#[rstest]
#[case::prose(
    "prose",
    &["Overview"],
    "A thermostat is a switch that opens at a set temperature. It protects the heating element\nfrom dry boiling. \
     The tank holds 1.2 litres. If the lamp blinks, empty the tank. It is easy."
)]
#[case::steps(
    "steps",
    &["Care", "Replacing the Filter"],
    "Replacing the Filter\n\nThe filter wears out.\n\n1. Unplug the kettle.\n2. Pull the filter up.\n3. Insert the new filter."
)]
#[case::steps_by_lead(
    "steps_by_lead",
    &["Care"],
    "To descale the kettle, follow these steps:\n\n1. Fill it with vinegar.\n2. Boil the water.\n3. Rinse the tank."
)]
#[case::table(
    "table",
    &["Models"],
    "| Model | Capacity | Power (W) | Quiet |\n| Aurora 1 | 1.2 l | 2200 | yes |\n| Aurora 2 | 1.7 l | 3000 | no |"
)]
#[case::code(
    "code",
    &["Firmware"],
    "Run the following command to update the firmware:\n\n$ aurora update --all\n\nTo open a connection, call this \
     function:\n\nlet kettle = open(\"usb0\");\nkettle.boil();"
)]
#[case::definitions("definitions", &["Parts"], "- Filter: a mesh that keeps lime out of the cup\n- Lid — keeps the steam inside the tank\n- Price: 12")]
#[case::glossary("glossary", &["Glossary"], "Descaling: removal of lime from the heating element.\nDry boiling: heating without water in the tank.")]
#[case::faq(
    "faq",
    &["FAQ", "Why does the water taste odd?"],
    "Why does the water taste odd?\n\nNew kettles have a film on the steel. Boil and discard twice.\n\nQ: Can I boil milk?\n\
     A: No, milk burns onto the element.\n\nIs the lid safe for dishwashers?\n\nYes, on the upper rack."
)]
#[case::trouble("trouble", &["Troubleshooting", "The Kettle Does Not Switch On"], "Check the plug, and then the fuse.")]
#[case::bullets("bullets", &["Use"], "The kettle has three modes:\n\n- Boil\n- Keep warm\n- Baby milk\n\nSupported plugs\n\n- Type C and its relatives here\n- Type G")]
#[case::mixed(
    "mixed",
    &["Power"],
    "Power\n\nThe base is used to heat the tank. The default voltage is 230 V.\n\nResetting the base\n\nTo reset the base, hold \
     the button for ten seconds.\n\n| Lamp | Meaning |\n| red | the tank is empty |\n| green | the water boils |"
)]
#[case::nothing("nothing", &[], "Page 3 of 7")]
#[case::empty("empty", &[], " \n\n ")]
fn english(#[case] name: &str, #[case] path: &[&str], #[case] text: &str) {
    snapshot(name, &passage(path, Some("en"), text), 4);
}

#[test]
fn a_table_goes_on_under_its_columns() {
    let mut passage = passage(&["Models"], None, "| Aurora 3 | 1.9 l |\n| Aurora 4 | 2.1 l |");
    passage.table_header = vec!["Model".into(), "Capacity".into()];
    snapshot("table_continued", &passage, 2);
}

#[test]
fn other_languages_have_tables_and_their_own_questions() {
    let german = "Wie oft wird entkalkt?\n\nEinmal im Monat, bei hartem Wasser öfter.\n\n| Modell | Inhalt |\n| Aurora 1 | 1,2 l |";
    snapshot("german", &passage(&["Pflege"], Some("de"), german), 3);
    let chinese = "水壶是一种烧水的器具。\n\n多久除垢一次？\n\n每月一次。";
    snapshot("chinese", &passage(&["保养"], Some("zh"), chinese), 3);
}

#[rstest]
#[case(
    "de",
    "Entkalken",
    "Ein Thermostat ist ein Schalter, der bei einer Temperatur öffnet. Der Tank fasst 1,2 Liter. Sie ist \
    ein Teil davon. Um den Tank zu leeren, öffnen Sie das Ventil. Wenn die rote Lampe blinkt, leeren Sie den Tank."
)]
#[case(
    "fr",
    "Détartrage",
    "Un thermostat est un interrupteur qui s’ouvre à une température donnée. Le réservoir contient 1,2 litre. \
    Elle est une pièce. Pour vider le réservoir, ouvrez la vanne. Si le voyant rouge clignote, videz le réservoir."
)]
#[case(
    "es",
    "Descalcificación",
    "Un termostato es un interruptor que se abre a cierta temperatura. El depósito contiene 1,2 litros. \
    Esta es una pieza. Para vaciar el depósito, abra la válvula. Si la luz roja parpadea, vacíe el depósito."
)]
#[case(
    "it",
    "Decalcificazione",
    "Un termostato è un interruttore che si apre a una certa temperatura. Il serbatoio contiene 1,2 litri. \
    Questa è una parte. Per svuotare il serbatoio, aprire la valvola. Se la spia rossa lampeggia, svuotare il serbatoio."
)]
#[case(
    "pt",
    "Descalcificação",
    "Um termostato é um interruptor que abre a uma certa temperatura. O depósito contém 1,2 litros. \
    Esta é uma peça. Para esvaziar o depósito, abra a válvula. Se a luz vermelha piscar, esvazie o depósito."
)]
#[case(
    "ru",
    "Удаление накипи",
    "Термостат — это выключатель, который размыкается при заданной температуре. Бак вмещает 1,2 литра. \
    Она — это деталь. Чтобы слить воду, откройте клапан. Если красная лампа мигает, слейте воду из бака."
)]
#[case(
    "zh",
    "除垢",
    "恒温器是一种在设定温度下断开的开关。水箱的容量为1.2升。它是一个零件。要清空水箱，请打开阀门。如果红色指示灯闪烁，请清空水箱。"
)]
#[case(
    "ja",
    "水垢の除去",
    "サーモスタットとは、設定温度で開くスイッチです。タンクの容量は1.2リットルです。これとは、部品のことです。\
    タンクを空にするには、バルブを開きます。赤いランプが点滅した場合は、タンクを空にしてください。"
)]
fn other_languages_have_forms_of_their_own(
    #[case] language: &str,
    #[case] heading: &str,
    #[case] prose: &str,
) {
    let text = format!("{prose}\n\n1. Alfa\n2. Beta\n3. Gamma");
    let passage = passage(&[heading], Some(language), &text);
    assert_eq!(teach(&passage, &settings(9)).drafts.len(), 5, "what points elsewhere is not asked for");
    snapshot(&format!("language_{language}"), &passage, 5);
}

#[test]
fn the_asked_for_style_comes_first() {
    let passage = passage(
        &["Care"],
        Some("en"),
        "A filter is a mesh that keeps lime out. To clean the filter, use hot water only.",
    );
    let mut settings = settings(1);
    settings.config.style_template = model::Style::HowTo;
    assert_eq!(teach(&passage, &settings).drafts[0].question, "Aurora kettle: how do you clean the filter?");
}

fn snapshot(name: &str, passage: &Passage, count: u32) {
    let lesson = teach(passage, &settings(count));
    let mut shown: Vec<String> = lesson
        .drafts
        .iter()
        .map(|draft| {
            let (kind, difficulty) = (draft.question_type.unwrap(), draft.difficulty.unwrap());
            let quote = draft.quote.as_deref().unwrap();
            format!("Q: {}\nA: {}\nquote: {quote}\n{kind:?}, {difficulty:?}\n", draft.question, draft.answer)
        })
        .collect();
    shown.extend(lesson.nothing_to_teach);
    insta::assert_snapshot!(format!("builtin_{name}"), shown.join("\n"));
}

/// Text of the shapes that the teacher looks for, mixed with anything.
fn any_text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "\\PC{0,60}",
        "(The|A|It) [a-zé水]{1,9} (is|are|holds|has) (a|the|12|three) [a-z ]{1,30}[.:?]",
        "(If|To) [a-z ]{3,20}, (open|the|you can) [a-z ]{3,20}\\.",
        "(Ein|Eine) [A-Za-z ]{1,20} ist (ein|die) [a-z ]{3,20}\\.",
        "[タンクを水]{2,8}には、[タンクを水]{2,8}ます。",
        "(- |1\\. |2\\. |  |\\| |# |Q: |A: |\\$ )[A-Za-z|:=—; é水]{0,40}[|?.;{]?",
        "\\| [a-z0-9é]{0,5} \\| [a-z0-9]{0,5} \\|",
        Just(String::new()),
        Just("```".to_owned()),
    ];
    proptest::collection::vec(line, 0..14).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn answers_are_spans_and_never_too_many(text in any_text(), heading in "\\PC{0,30}", count in 1_u32..6) {
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for language in [None, Some("en"), Some("de"), Some("ja")] {
            let passage = passage(&[&heading, "Replacing the Filter"], language, &text);
            let lesson = teach(&passage, &settings(count));
            prop_assert!(lesson.drafts.len() <= count as usize);
            prop_assert_eq!(lesson.drafts.is_empty(), lesson.nothing_to_teach.is_some());
            for draft in &lesson.drafts {
                prop_assert!(flat(&text).contains(&flat(&draft.answer)), "{:?}", draft);
                prop_assert!(text.contains(draft.quote.as_deref().unwrap()), "{:?}", draft);
                prop_assert!(draft.question.len() <= 1_000 && !draft.question.trim().is_empty());
            }
            prop_assert_eq!(&lesson, &teach(&passage, &settings(count)));
        }
    }
}
