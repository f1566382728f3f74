//! `data-forge run PATH…`.

use std::time::Instant;

use model::{GenerateSettings, Parsing, UserId};

use crate::{
    args::{Common, RunArgs},
    failure::{Exit, Outcome},
    printer::Printer,
    run::{
        Session, discover, export, generate, ingest, interrupt, parse, project, settings_of, summary::Summary,
    },
    settings::Settings,
    wiring,
};

const STOPPING: &str =
    "stopping: calls under way may end, which takes up to 10 s; Ctrl-C again stops at once";

/// Parses, generates, validates and exports in one go.
pub(crate) async fn run(args: &RunArgs, common: &Common, printer: &Printer) -> Outcome<Exit> {
    let begun = Instant::now();
    let settings = Settings::load(common)?;
    let parsing = args.parsing.parsing()?;
    wiring::check_ocr(parsing.options, &settings.reading.ocr_languages)?;
    let request = settings_of::generation(args, &settings, printer).await?;
    let found = discover::files(&args.paths)?;
    let environment = wiring::environment(&settings).await?;
    let stop = interrupt::token(printer, STOPPING);
    let user = UserId::local();
    let project = project::open(&environment, &user, args).await?;
    let mut session = Session::new(environment, user, project, printer.clone(), stop.clone());
    let lock = session.lock().await?;
    let worked = work(args, parsing, &settings, &mut session, request, found, begun).await;
    lock.release().await?;
    worked
}

async fn work(
    args: &RunArgs,
    parsing: Parsing,
    settings: &Settings,
    session: &mut Session,
    request: GenerateSettings,
    found: discover::Found,
    begun: Instant,
) -> Outcome<Exit> {
    let documents = ingest::documents(session, &found.files).await?;
    if session.stop.is_cancelled() {
        return Ok(interrupt::say(&session.printer));
    }
    let Some(documents) = parse::documents(session, documents, parsing).await? else {
        return Ok(interrupt::say(&session.printer));
    };
    let Some(generated) = generate::pairs(session, settings, &request, &documents).await? else {
        return Ok(interrupt::say(&session.printer));
    };
    let exported = export::dataset(session, args, &request, &documents, &generated).await?;
    let summary = Summary::new(&found, &documents, &generated, &exported, &args.output(), begun.elapsed());
    summary.print(&session.printer, args.json)?;
    Ok(summary.exit())
}
