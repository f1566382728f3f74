//! A project of `ada`'s, or another's, with pairs in it, made by the whole pipeline with the built-in teacher.

use generate::BUILTIN;
use jobs::{Launch, Pick, create_generate, create_parse, drive, ingest};
use model::{GenerateConfig, GenerateSettings, GenerationId, GenerationType, ProjectId, UserId};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::testing::TestApp;

const TEXT: &str = "# Pump\n\n\
## How do I start the pump?\n\n\
Open the inlet valve and press the green button for 2 seconds. The motor then starts.\n\n\
## How do I stop the pump?\n\n\
Press the red button. Close the inlet valve when the motor stands still.\n\n\
## How much pressure does the pump need?\n\n\
The pump needs a pressure of 4 bar at its inlet, and never more than 6 bar.\n\n\
## How often is the oil changed?\n\n\
The oil is changed every 500 hours. Use oil of the grade ISO 46.\n\n\
## How long does the filter last?\n\n\
The filter lasts for 1000 hours and is then replaced by a new one.\n";

/// A project, and the generation that made its pairs.
pub(crate) struct Sample {
    pub(crate) project: ProjectId,
    pub(crate) generation: GenerationId,
}

impl Sample {
    pub(crate) async fn new(app: &TestApp) -> Self {
        Self::of(app, "ada").await
    }

    /// The same of the user as whom the server is asked.
    pub(crate) async fn of(app: &TestApp, user: &str) -> Self {
        Self::of_texts(app, user, &[("pump.md", TEXT)]).await
    }

    /// A project with several documents, each of one passage.
    pub(crate) async fn of_documents(app: &TestApp) -> Self {
        let texts: Vec<_> = (1..=6)
            .map(|number| {
                // What differs in a number does not repeat another.
                let hours = format!(" for {number}00 hours");
                let text = TEXT.replace(". ", &format!(" with {number}0 bolts. "));
                let text =
                    text.replace("pump", &format!("pump P{number}")).replace(" for 1000 hours", &hours);
                (format!("pump-{number}.md"), text)
            })
            .collect();
        let texts: Vec<_> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        Self::of_texts(app, "ada", &texts).await
    }

    async fn of_texts(app: &TestApp, user: &str, texts: &[(&str, &str)]) -> Self {
        let made = app.post("/projects", &json!({"name": "Pump"})).await.expect(201);
        let project: ProjectId = made["id"].as_str().unwrap().parse().unwrap();
        let (environment, user) = (&app.app.environment, UserId::new(user));
        let target = ingest::Target { environment, user: &user, project };
        let mut documents = Vec::new();
        for (name, text) in texts {
            documents.push(ingest::from_text(&target, name, text).await.unwrap().id);
        }
        let parse =
            create_parse(environment, &user, project, &documents, model::Parsing::default(), Launch::Here)
                .await
                .unwrap();
        let stop = CancellationToken::new();
        drive(environment, &user, parse.id, &stop).await.unwrap();
        let settings = GenerateSettings {
            teacher_model: BUILTIN.into(),
            generation_type: GenerationType::Qa,
            temperature: 0.7,
            system_prompt: Some("Be short.".into()),
            config: GenerateConfig { pairs_per_chunk: 20, ..GenerateConfig::default() },
        };
        let pick = Pick::Missing { documents, except: Default::default() };
        let made = create_generate(environment, &user, project, settings, &pick, Launch::Here).await.unwrap();
        drive(environment, &user, made.id, &stop).await.unwrap();
        Self { project, generation: made.id }
    }

    /// A path under the project.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/projects/{}{rest}", self.project)
    }

    /// All its pairs, oldest first.
    pub(crate) async fn pairs(&self, app: &TestApp) -> Vec<Value> {
        let list = app.get(&self.path("/pairs?limit=500")).await.expect(200);
        list["items"].as_array().unwrap().clone()
    }
}
