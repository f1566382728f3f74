//! What the tests of this crate share.

use model::{ContentType, GenerateConfig, GenerateSettings, GenerationType, Passage};

/// A passage of English prose about a kettle.
pub(crate) fn passage(text: &str) -> Passage {
    Passage {
        document: "Aurora kettle".into(),
        heading_path: Vec::new(),
        content_type: ContentType::Prose,
        text: text.into(),
        table_header: Vec::new(),
        language: Some("en".into()),
        before: String::new(),
        after: String::new(),
        imported: None,
    }
}

/// The default settings of a type.
pub(crate) fn settings(generation_type: GenerationType) -> GenerateSettings {
    GenerateSettings {
        teacher_model: "teacher".into(),
        generation_type,
        temperature: 0.7,
        system_prompt: None,
        config: GenerateConfig::default(),
    }
}
