//! `data-forge worker MODE --generation ID`.

use std::{sync::Arc, time::Duration};

use anyhow::anyhow;
use jobs::{Environment, JobsError, SystemClock, WorkEnd, work};
use model::{Generation, GenerationStatus, Phase};

use crate::{
    args::{Common, WorkerArgs},
    failure::{Exit, Failure, Outcome},
    printer::Printer,
    run::interrupt,
    settings::Settings,
    wiring,
};

const STOPPING: &str = "stopping: calls under way may end, which takes up to 2 s";

/// How long calls under way may go on after a signal: whoever sends one waits for the end.
const GRACE: Duration = Duration::from_secs(2);

/// Works on one phase of a generation, and writes what it says into the generation's log.
pub(crate) async fn run(args: &WorkerArgs, common: &Common, printer: &Printer) -> Outcome<Exit> {
    let (also, writer) = jobs::store_logs(Arc::new(SystemClock));
    wiring::start_logs(printer, common, Some(also));
    let stop = interrupt::token(printer, STOPPING);
    let settings = Settings::load(common)?;
    let mut environment = wiring::worker_environment(&settings).await?;
    environment.limits.grace = GRACE;
    let phase = Phase::from(args.mode);
    let context = environment.metadata.generation_context(args.generation).await?;
    let generation = context.ok_or_else(|| nothing(&settings, args))?.generation;
    let logs = writer.start(Arc::clone(&environment.metadata), args.generation);
    let ready = match find_ocr(&settings, &generation, phase) {
        Ok(()) => reach_model(&settings, &mut environment, &generation, phase).await,
        missing => missing,
    };
    let worked = match ready {
        Ok(()) => work(&Arc::new(environment), args.generation, phase, &stop).await,
        Err(reason) => {
            tracing::error!(target: "generation", reason, "the work cannot begin");
            jobs::fail(&environment, args.generation, phase, &reason).await.map(|()| WorkEnd::Failed(reason))
        }
    };
    if let Err(error) = &worked {
        tracing::error!(target: "generation", %error, "the work broke off");
    }
    logs.finish().await;
    exit(worked, phase, printer)
}

fn nothing(settings: &Settings, args: &WorkerArgs) -> Failure {
    let database = store::without_credentials(&settings.database_url);
    Failure::failed(anyhow!("there is no generation {} in {database}", args.generation))
        .hint("a worker needs the settings of the server that made the generation")
}

fn exit(worked: Result<WorkEnd, JobsError>, phase: Phase, printer: &Printer) -> Outcome<Exit> {
    use GenerationStatus::{Completed, Validating};
    match worked? {
        WorkEnd::Finished | WorkEnd::Unwanted(Some(Completed | Validating)) => Ok(Exit::Done),
        WorkEnd::Interrupted => Ok(Exit::Interrupted),
        WorkEnd::Failed(reason) => Err(Failure::failed(anyhow!(reason))),
        WorkEnd::Unwanted(Some(GenerationStatus::Pending)) => {
            Err(Failure::failed(anyhow!("the generation is pending: it has no phase to work on yet"))
                .hint("the server starts it when there is room"))
        }
        WorkEnd::Unwanted(status) => {
            let status = status.map_or("gone", GenerationStatus::as_str);
            printer.note(format!("the generation is {status}: nobody wants its {} any more", phase.as_str()));
            Ok(Exit::Interrupted)
        }
    }
}

/// Whether OCR can be had, where the phase needs it; or why it cannot be worked on.
fn find_ocr(settings: &Settings, generation: &Generation, phase: Phase) -> Result<(), String> {
    let wanted = phase == Phase::Parse && generation.options.is_some_and(|options| options.ocr);
    if !wanted {
        return Ok(());
    }
    jobs::Tesseract::find(&settings.reading.ocr_languages)
        .map(drop)
        .map_err(|error| format!("{error}; or parse without `ocr`"))
}

/// The gateway and the price of the phase's model, where it has one; or why it cannot be worked on.
async fn reach_model(
    settings: &Settings,
    environment: &mut Environment,
    generation: &Generation,
    phase: Phase,
) -> Result<(), String> {
    let Some(generate) = &generation.settings else { return Ok(()) };
    let model = match phase {
        Phase::Parse => None,
        Phase::Generate => Some(&*generate.teacher_model).filter(|_| generate.asks_a_model()),
        Phase::Validate => generate.judge(),
    };
    let Some(model) = model else { return Ok(()) };
    let gateway = wiring::gateway(settings).await.map_err(|failure| format!("{:#}", failure.error))?;
    let gateway = gateway.ok_or_else(|| {
        format!(
            "the model `{model}` needs a gateway, and none is set: set DATA_FORGE_GATEWAY_URL, then resume it"
        )
    })?;
    let price = wiring::price(settings, &gateway, model).await;
    if price.is_none() && generate.config.max_cost_usd.is_some() {
        return Err(format!(
            "max_cost_usd is set, and what `{model}` costs is not known: add [prices.\"{model}\"] with prompt and \
             completion in USD per million to data-forge.toml, then resume it"
        ));
    }
    match phase {
        Phase::Validate => environment.limits.judge_price = price,
        Phase::Parse | Phase::Generate => environment.limits.price = price,
    }
    environment.chat = Some(gateway);
    Ok(())
}
