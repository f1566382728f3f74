//! Data and lineage as written, before they are a version.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::BufWriter,
    path::Path,
};

use ::export::{
    DataFile, DatasetWriter, Example, LINEAGE_FILE, LeftOut, LineForm, SplitPlan, SplitReport, SplitSurvey,
    Written, data_file,
};
use jobs::Environment;
use model::{
    DocumentId, ExportFormat, GenerationId, GenerationKind, GenerationType, Pair, ProjectId, Split, UserId,
};
use store::{ExportRow, Metadata, StoreError};

use super::{
    ExportError, ExportRequest,
    chooser::{Chooser, Chosen},
    walk::{Visit, walk},
};

/// Data and lineage as written, before they are a version.
#[derive(Debug)]
pub(super) struct Draft {
    /// The data files.
    pub(super) files: Vec<DataFile>,
    /// What is in them.
    pub(super) written: Written,
    /// Whether lines of Alpaca have a history.
    pub(super) history: bool,
    /// Pairs in them that a reviewer should look at.
    pub(super) flagged: u64,
    /// Pairs that are not in them, by the reason.
    pub(super) left_out: BTreeMap<LeftOut, u64>,
    /// The generations that made the pairs.
    pub(super) generations: BTreeSet<GenerationId>,
    /// How they are split.
    pub(super) splits: Option<SplitReport>,
    /// How many documents are in which language, as far as that can be told.
    pub(super) languages: BTreeMap<String, u64>,
}

/// Writes data and lineage into a folder, a page of pairs at a time.
pub(super) async fn write(
    environment: &Environment,
    user: &UserId,
    project: ProjectId,
    request: &ExportRequest,
    folder: &Path,
) -> Result<Draft, ExportError> {
    let create =
        |name: &str| File::create(folder.join(name)).map(BufWriter::new).map_err(ExportError::Folder);
    let plan = match request.splitting {
        None => None,
        Some(splitting) => {
            let surveying = Surveying { chooser: Chooser::new(request), survey: SplitSurvey::new(splitting) };
            let surveying = walk(environment, user, project, request, surveying).await?;
            surveying.plan()?
        }
    };
    let parts: &[_] = match plan {
        None => &[None],
        Some(_) => &[Some(Split::Train), Some(Split::Validation)],
    };
    let files: Vec<_> = parts.iter().map(|split| (*split, data_file(request.format, *split))).collect();
    let outs = files.iter().map(|(_, name)| Ok((*name, create(name)?)));
    let outs = outs.collect::<Result<_, ExportError>>()?;
    let history = has_conversations(&*environment.metadata, user, project, request).await?;
    let form =
        LineForm { format: request.format, include_system_prompts: request.include_system_prompts, history };
    let writing = Writing {
        chooser: Chooser::new(request),
        writer: DatasetWriter::new(form, outs, create(LINEAGE_FILE)?)?,
        plan,
        flagged: 0,
        generations: BTreeSet::new(),
        languages: Languages::default(),
    };
    let mut writing = walk(environment, user, project, request, writing).await?;
    let rest = writing.chooser.end();
    writing.write(rest)?;
    let Writing { chooser, writer, plan, flagged, generations, languages } = writing;
    Ok(Draft {
        files,
        written: writer.finish()?,
        history,
        flagged,
        left_out: chooser.left_out(),
        generations,
        splits: plan.map(|plan| plan.report()),
        languages: languages.counts(),
    })
}

/// Whether pairs may be conversations, so that lines of Alpaca have a history.
pub(super) async fn has_conversations(
    metadata: &dyn Metadata,
    user: &UserId,
    project: ProjectId,
    request: &ExportRequest,
) -> Result<bool, StoreError> {
    if request.format != ExportFormat::Alpaca {
        return Ok(false);
    }
    let generations = metadata.generations(user, project, GenerationKind::Generate).await?;
    Ok(generations.iter().any(|generation| {
        let asked = request.generations.is_empty() || request.generations.contains(&generation.id);
        let kind = generation.settings.as_ref().map(|settings| settings.generation_type);
        asked && generation.pairs_generated > 0 && kind == Some(GenerationType::Conversation)
    }))
}

/// A look at all pairs that will be written, to split them.
struct Surveying {
    chooser: Chooser,
    survey: SplitSurvey,
}

impl Surveying {
    fn see(&mut self, chosen: &[Chosen]) {
        for Chosen { row: ExportRow { pair, origin, .. }, .. } in chosen {
            self.survey.see(pair, origin);
        }
    }

    /// `None` where there is nothing to split.
    fn plan(mut self) -> Result<Option<SplitPlan>, ExportError> {
        let rest = self.chooser.end();
        self.see(&rest);
        if self.survey.is_empty() {
            return Ok(None);
        }
        self.survey.plan().map(Some).ok_or(ExportError::Inseparable)
    }
}

impl Visit for Surveying {
    fn visit(&mut self, rows: Vec<ExportRow>) -> Result<(), ExportError> {
        let chosen = self.chooser.choose(rows);
        self.see(&chosen);
        Ok(())
    }
}

/// Files that are being written.
struct Writing {
    chooser: Chooser,
    writer: DatasetWriter<BufWriter<File>, BufWriter<File>>,
    plan: Option<SplitPlan>,
    flagged: u64,
    generations: BTreeSet<GenerationId>,
    languages: Languages,
}

impl Writing {
    fn write(&mut self, chosen: Vec<Chosen>) -> Result<(), ExportError> {
        for Chosen { row: ExportRow { pair, origin, edits }, rejected } in &chosen {
            self.flagged += u64::from(!pair.flags.is_empty());
            self.generations.insert(pair.generation_id);
            self.languages.see(pair);
            let file = match self.plan.as_mut().map(|plan| plan.place(pair)) {
                None | Some(Split::Train) => 0,
                Some(Split::Validation) => 1,
            };
            self.writer.push(Example { pair, origin, edits, rejected: rejected.as_ref() }, file)?;
        }
        Ok(())
    }
}

impl Visit for Writing {
    fn visit(&mut self, rows: Vec<ExportRow>) -> Result<(), ExportError> {
        let chosen = self.chooser.choose(rows);
        self.write(chosen)
    }
}

/// The languages of documents, by what their first pairs say.
#[derive(Default)]
struct Languages {
    counts: BTreeMap<String, u64>,
    document: Option<DocumentId>,
    text: String,
}

impl Languages {
    /// So many bytes of a document's pairs tell its language.
    const LOOKED_AT: usize = 2000;

    fn see(&mut self, pair: &Pair) {
        if self.document != Some(pair.document_id) {
            self.end_document();
            self.document = Some(pair.document_id);
        }
        if self.text.len() < Self::LOOKED_AT {
            for text in [&pair.question, &pair.answer] {
                self.text.push_str(text);
                self.text.push('\n');
            }
        }
    }

    fn end_document(&mut self) {
        if let Some(language) = jobs::language(&std::mem::take(&mut self.text)) {
            *self.counts.entry(language).or_default() += 1;
        }
    }

    fn counts(mut self) -> BTreeMap<String, u64> {
        self.end_document();
        self.counts
    }
}
