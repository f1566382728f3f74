//! A passage and the settings to the messages and the schema that a model is asked with.

use std::sync::LazyLock;

use llm::{
    ChatRequest, JsonSchema, Message, MessageRole,
    prompt::{bounded, tags, template},
};
use model::{
    Difficulty, GenerateSettings, GenerationType, Passage, QuestionType, Sha256Hex, Style, sha256_hex,
};

use crate::{schema, slots::Slot};

/// The most characters of a title, a heading path or a list of columns that are shown.
const MAX_LINE: usize = 500;

/// The most characters of an unusable reply that the model is shown again.
const MAX_SHOWN_REPLY: usize = 6_000;

/// A passage and what is to be made of it.
#[derive(Debug)]
pub(crate) struct Task<'a> {
    pub(crate) passage: &'a Passage,
    pub(crate) settings: &'a GenerateSettings,
    /// What each pair is asked to be.
    pub(crate) slots: Vec<Slot>,
    /// What is asked already, and is not to be asked again.
    pub(crate) known: Vec<String>,
}

/// The types that have a template.
pub(crate) const TYPES: [GenerationType; 5] = [
    GenerationType::Qa,
    GenerationType::Instruction,
    GenerationType::Conversation,
    GenerationType::Summary,
    GenerationType::Classification,
];

/// The template of a type.
pub(crate) fn template_of(kind: GenerationType) -> &'static str {
    match kind {
        GenerationType::Qa => include_str!("../prompts/qa.md"),
        GenerationType::Instruction => include_str!("../prompts/instruction.md"),
        GenerationType::Conversation => include_str!("../prompts/conversation.md"),
        GenerationType::Summary => include_str!("../prompts/summary.md"),
        GenerationType::Classification => include_str!("../prompts/classification.md"),
    }
}

/// The SHA-256 of a type's template.
pub(crate) fn hash(kind: GenerationType) -> Sha256Hex {
    static HASHES: LazyLock<[Sha256Hex; TYPES.len()]> =
        LazyLock::new(|| TYPES.map(|kind| sha256_hex(template_of(kind))));
    let at = TYPES.iter().position(|known| *known == kind);
    at.map(|at| HASHES[at].clone()).unwrap_or_default()
}

/// The request for the pairs of a passage. It holds nothing but what the passage and the settings
/// say, so that equal ones have equal bytes.
pub(crate) fn request(task: &Task<'_>) -> ChatRequest {
    let Task { settings, slots, .. } = task;
    let template = template_of(settings.generation_type);
    let pairs = u32::try_from(slots.len()).unwrap_or(u32::MAX);
    ChatRequest {
        model: settings.teacher_model.clone(),
        messages: vec![
            message(MessageRole::System, template::section(template, "system").to_owned()),
            message(MessageRole::User, user_message(template, task)),
        ],
        temperature: settings.temperature,
        seed: Some(settings.config.seed),
        max_tokens: Some(pairs.saturating_mul(tokens_per_pair(settings)).saturating_add(256)),
        schema: Some(JsonSchema { name: "pairs".into(), schema: schema::pairs(settings) }),
    }
}

/// How many tokens a pair may take, generously.
fn tokens_per_pair(settings: &GenerateSettings) -> u32 {
    match settings.generation_type {
        GenerationType::Qa => 320,
        GenerationType::Conversation => 320 * exchanges(settings),
        GenerationType::Instruction | GenerationType::Summary | GenerationType::Classification => 480,
    }
}

/// How many questions with their answers a conversation has.
pub(crate) fn exchanges(settings: &GenerateSettings) -> u32 {
    (settings.config.turns() / 2).max(1)
}

/// The request that shows the model its own reply and what was wrong with it, in the words of a
/// section of the template. It leaves room for twice as many tokens, since a reply that had to be cut
/// is among the things that go wrong.
pub(crate) fn repair(
    request: &ChatRequest,
    reply: &str,
    error: &str,
    kind: GenerationType,
    section: &str,
) -> ChatRequest {
    let mut repair = request.clone();
    repair.messages.push(message(MessageRole::Assistant, bounded(reply, MAX_SHOWN_REPLY)));
    let words = template::section(template_of(kind), section);
    let text = template::fill(words, &[("error", Some(&bounded(error, MAX_LINE)))]);
    repair.messages.push(message(MessageRole::User, text));
    repair.max_tokens = request.max_tokens.map(|tokens| tokens.saturating_mul(2));
    repair
}

pub(crate) fn message(role: MessageRole, content: String) -> Message {
    Message { role, content }
}

fn user_message(template: &str, task: &Task<'_>) -> String {
    let Task { passage, settings, slots, known } = task;
    let config = &settings.config;
    let document = line(&passage.document);
    let section = line(&passage.heading_path.join(" > "));
    let columns = line(&passage.table_header.join(" | "));
    let count = slots.len().to_string();
    let exchanges = exchanges(settings).to_string();
    let pairs = slots_line(slots);
    let labels = config.labels.iter().map(|label| line(label)).collect::<Vec<_>>().join("; ");
    let language = language_line(passage.language.as_deref(), settings);
    let wishes = wishes(settings);
    let known = known.iter().map(|known| line(known)).collect::<Vec<_>>().join("\n");
    let [before, after, text] = [&passage.before, &passage.after, &passage.text].map(|text| tags::hide(text));
    template::fill(
        template::section(template, "user"),
        &[
            ("document", some(&document)),
            ("section", some(&section)),
            ("columns", some(&columns)),
            ("count", some(&count)),
            ("exchanges", some(&exchanges)),
            ("pairs", some(&pairs)),
            ("style", Some(style_line(template, config.style_template))),
            ("labels", some(&labels)),
            ("language", some(&language)),
            ("wishes", wishes.as_deref()),
            ("before", some(before.trim())),
            ("after", some(after.trim())),
            ("known", some(&known)),
            ("passage", Some(&text)),
        ],
    )
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The user's system prompt, as a wish beside our own rules.
pub(crate) fn wishes(settings: &GenerateSettings) -> Option<String> {
    settings
        .system_prompt
        .as_deref()
        .map(|wishes| tags::hide(wishes.trim()))
        .filter(|wishes| !wishes.is_empty())
}

fn style_line(template: &str, style: Style) -> &str {
    let name = match style {
        Style::Mixed => "mixed",
        Style::HowTo => "how-to",
        Style::Troubleshooting => "troubleshooting",
        Style::Conceptual => "conceptual",
        Style::ApiCode => "api-code",
    };
    template::section(template, "styles")
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .unwrap_or(name)
}

/// `1 easy factual, 2 hard how-to`.
fn slots_line(slots: &[Slot]) -> String {
    let slots: Vec<_> = slots
        .iter()
        .enumerate()
        .map(|(at, slot)| {
            let kind = slot.question_type.map(|kind| format!(" {}", type_name(kind))).unwrap_or_default();
            format!("{} {}{kind}", at + 1, difficulty_name(slot.difficulty))
        })
        .collect();
    slots.join(", ")
}

/// A difficulty as prompts and replies write it.
pub(crate) fn difficulty_name(difficulty: Difficulty) -> &'static str {
    match difficulty {
        Difficulty::Easy => "easy",
        Difficulty::Medium => "medium",
        Difficulty::Hard => "hard",
    }
}

/// A question type as prompts and replies write it.
pub(crate) fn type_name(kind: QuestionType) -> &'static str {
    match kind {
        QuestionType::Factual => "factual",
        QuestionType::HowTo => "how-to",
        QuestionType::Troubleshooting => "troubleshooting",
        QuestionType::Conceptual => "conceptual",
        QuestionType::ApiCode => "api-code",
        QuestionType::Analytical => "analytical",
        QuestionType::Comparative => "comparative",
    }
}

/// What language to write in, in words.
pub(crate) fn language_line(own: Option<&str>, settings: &GenerateSettings) -> String {
    match (&settings.config.language, own) {
        (Some(wanted), _) => line(wanted),
        (None, Some(own)) => format!("that of the passage ({})", line(own)),
        (None, None) => "that of the passage".into(),
    }
}

/// Outside text as one line of bounded length.
pub(crate) fn line(text: &str) -> String {
    llm::prompt::line(text, MAX_LINE)
}

#[cfg(test)]
mod tests;
