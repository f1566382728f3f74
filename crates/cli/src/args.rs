//! The arguments of the command line.

use std::{path::PathBuf, str::FromStr};

use anyhow::anyhow;
use clap::{Args, Parser, Subcommand, ValueEnum};
use model::{
    Chunking, ChunkingStrategy, DifficultyWeights, ExportFormat, GenerationId, GenerationType, ParseOptions,
    Parsing, Phase, Style,
};

use crate::failure::{Failure, Outcome};

/// Turns your documents into a fine-tuning dataset that can be trusted.
#[derive(Debug, Parser)]
#[command(name = "data-forge", version, max_term_width = 110, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command. Each can also be set in the environment or in data-forge.toml.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings (also DATA_FORGE_… in the environment, or data-forge.toml)")]
pub(crate) struct Common {
    /// Where everything is kept [default: the platform's data directory]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The metadata store [default: a SQLite file in the data directory]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// The object store [default: a folder in the data directory]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) storage_url: Option<String>,
    /// The OpenAI-compatible gateway, /v1 included [default: $OPENAI_BASE_URL, else a local Ollama]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) gateway_url: Option<String>,
    /// Calls to the gateway at once [default: 32]
    #[arg(long, global = true, value_name = "N")]
    pub(crate) max_concurrency: Option<usize>,
    /// Seconds until a call to the gateway is given up [default: 120]
    #[arg(long, global = true, value_name = "SECONDS")]
    pub(crate) request_timeout: Option<u64>,
    /// Says more of what happens; twice: everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Parse, generate, validate and export in one go; started again, it goes on where it was
    Run(Box<RunArgs>),
    /// Serve the web UI and the REST API, and see to their jobs
    Serve(ServeArgs),
    /// Work on one phase of a generation; takes all else from the settings
    Worker(WorkerArgs),
    /// Read documents for another process of this program, by the protocol of `jobs`
    #[command(hide = true)]
    ReadDocuments,
    /// Print documents as parsed and chunked, a JSON line each
    Parse(ParseArgs),
    /// Score JSON lines of context, question and answer: standard input to standard output
    Score(ScoreArgs),
    /// Mark JSON lines that repeat an earlier one: standard input to standard output
    Dedup(DedupArgs),
    /// Say where a line of an exported file comes from: pair, chunk, document, page, teacher, scores, reviewer
    Trace(TraceArgs),
    /// Make an export again from what is stored, without a call, byte for byte, or say what is missing
    Replay(ReplayArgs),
    /// List the models that the gateway offers, and the built-in teacher
    Models(ModelsArgs),
    /// Check each setting and each outside part
    Doctor,
    /// Look after the object store
    Storage(StorageArgs),
    /// Print the OpenAPI document of the REST API
    Openapi,
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Documents, or folders of them (PDF, DOCX, Markdown, TXT, HTML, CSV)
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The dataset's file [default: dataset.jsonl; dataset.parquet of that format]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The form of its lines
    #[arg(long, value_enum, default_value_t = FormatArg::Chatml)]
    pub(crate) format: FormatArg,
    /// The teacher: a model of the gateway, or builtin/extractive
    #[arg(long, value_name = "ID")]
    pub(crate) model: Option<String>,
    /// What kind of pairs to make
    #[arg(long = "type", value_enum, default_value_t = TypeArg::Qa)]
    pub(crate) generation_type: TypeArg,
    /// The judge: a model of the gateway, or none for local scoring alone [default: the teacher]
    #[arg(long, value_name = "ID|none")]
    pub(crate) judge: Option<String>,
    /// The sampling temperature, 0 to 2
    #[arg(long, value_name = "X", default_value_t = 0.7)]
    pub(crate) temperature: f64,
    /// Wishes to the teacher, as text or from a file
    #[arg(long, value_name = "TEXT|@FILE")]
    pub(crate) system_prompt: Option<String>,
    /// How many pairs to ask for from a chunk
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) pairs_per_chunk: u32,
    /// What questions to aim at
    #[arg(long, value_enum, default_value_t = StyleArg::Mixed)]
    pub(crate) style: StyleArg,
    /// How often each difficulty is asked for, as weights
    #[arg(long, value_name = "easy=W,medium=W,hard=W", default_value = "easy=1,medium=1,hard=1")]
    pub(crate) difficulty: DifficultyArg,
    /// The labels of a classification; proposed by the teacher where there are none
    #[arg(long, value_name = "LABEL,LABEL", value_delimiter = ',')]
    pub(crate) labels: Vec<String>,
    /// The turns of a conversation, questions and answers counted: 2, 4, 6, 8 or 10 [default: 4]
    #[arg(long, value_name = "N")]
    pub(crate) turns: Option<u32>,
    /// The seed of all chance
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Leave out pairs of lower quality, 0 to 1
    #[arg(long, value_name = "X")]
    pub(crate) min_quality: Option<f64>,
    /// Stop when calls have cost this much
    #[arg(long, value_name = "X")]
    pub(crate) max_cost_usd: Option<f64>,
    /// The project that the run lands in [default: the name of the first path]
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<String>,
    /// Print the summary as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) parsing: ParsingArgs,
}

impl RunArgs {
    /// The dataset's file; `-` is standard output.
    pub(crate) fn output(&self) -> PathBuf {
        self.output.clone().unwrap_or_else(|| export::data_file(self.format.into(), None).into())
    }
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen; without authentication on loopback alone [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,
    /// Have the example documents there, parsed and with pairs of the built-in teacher to review
    #[arg(long)]
    pub(crate) demo: bool,
}

/// Arguments of `worker`.
#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    /// The phase to work on
    #[arg(value_enum, value_name = "MODE")]
    pub(crate) mode: ModeArg,
    /// The generation to work on
    #[arg(long, value_name = "ID")]
    pub(crate) generation: GenerationId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeArg {
    Parse,
    Generate,
    Validate,
}

impl From<ModeArg> for Phase {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Parse => Self::Parse,
            ModeArg::Generate => Self::Generate,
            ModeArg::Validate => Self::Validate,
        }
    }
}

/// Arguments of `parse`.
#[derive(Debug, Args)]
pub(crate) struct ParseArgs {
    /// Documents
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print the text alone, instead of a JSON line a document
    #[arg(long, value_enum)]
    pub(crate) format: Option<TextFormat>,
    #[command(flatten)]
    pub(crate) parsing: ParsingArgs,
}

/// How documents are read and cut.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Parsing")]
pub(crate) struct ParsingArgs {
    /// Where documents are cut into chunks
    #[arg(long, value_enum, default_value_t = StrategyArg::Auto)]
    strategy: StrategyArg,
    /// The most tokens (o200k_base) of a chunk
    #[arg(long, value_name = "N", default_value_t = 512)]
    max_tokens: u32,
    /// How many tokens a chunk shares with the one before, of sliding-window [default: 64]
    #[arg(long, value_name = "N")]
    overlap_tokens: Option<u32>,
    /// Keep running heads, footers and page numbers
    #[arg(long)]
    page_furniture: bool,
    /// Keep the comments of a DOCX
    #[arg(long)]
    comments: bool,
    /// Read all of an HTML page, not its main content alone
    #[arg(long)]
    whole_page: bool,
    /// Read pages of a PDF that are pictures, by the system's tesseract
    #[arg(long)]
    ocr: bool,
}

impl ParsingArgs {
    /// The same, checked.
    pub(crate) fn parsing(self) -> Outcome<Parsing> {
        let default = Chunking::default();
        let chunking = Chunking {
            strategy: self.strategy.into(),
            max_tokens: self.max_tokens,
            overlap_tokens: self.overlap_tokens.unwrap_or(default.overlap_tokens),
        };
        if self.overlap_tokens.is_some() && chunking.strategy != ChunkingStrategy::SlidingWindow {
            return Err(Failure::usage(anyhow!(
                "--overlap-tokens goes with --strategy sliding-window alone"
            )));
        }
        chunking.check().map_err(Failure::usage)?;
        let Self { page_furniture, comments, whole_page, ocr, .. } = self;
        Ok(Parsing { chunking, options: ParseOptions { page_furniture, comments, whole_page, ocr } })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StrategyArg {
    Auto,
    Headings,
    Paragraphs,
    SlidingWindow,
}

impl From<StrategyArg> for ChunkingStrategy {
    fn from(strategy: StrategyArg) -> Self {
        match strategy {
            StrategyArg::Auto => Self::Auto,
            StrategyArg::Headings => Self::Headings,
            StrategyArg::Paragraphs => Self::Paragraphs,
            StrategyArg::SlidingWindow => Self::SlidingWindow,
        }
    }
}

/// Arguments of `score`.
#[derive(Debug, Args)]
pub(crate) struct ScoreArgs {
    /// Flag answers that are grounded less than this, 0 to 1
    #[arg(long, value_name = "X", default_value_t = validate::LOW_GROUNDING)]
    pub(crate) low_grounding: f64,
    /// Flag mail addresses, phone and card numbers, IBANs, keys and tokens
    #[arg(long)]
    pub(crate) personal_data: bool,
    /// Flag what repeats an item of a benchmark: JSON lines, or text with an item a line
    #[arg(long, value_name = "FILE")]
    pub(crate) benchmark: Vec<PathBuf>,
    /// Flag words of a list, one a line; LANGUAGE=FILE for texts in that language alone (de=words.txt)
    #[arg(long, value_name = "[LANGUAGE=]FILE")]
    pub(crate) toxic_words: Vec<String>,
}

/// Arguments of `dedup`.
#[derive(Debug, Args)]
pub(crate) struct DedupArgs {
    /// From which similarity on two lines are the same, 0 to 1: 1 for those that differ in case and marks alone
    #[arg(long, value_name = "X", default_value_t = validate::DUPLICATE_SIMILARITY)]
    pub(crate) threshold: f64,
}

/// Arguments of `trace`.
#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// An exported file and a line of it, from 1; of a Parquet file, a row
    #[arg(value_name = "FILE:LINE")]
    pub(crate) place: FileLine,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A file and a line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileLine {
    pub(crate) file: PathBuf,
    pub(crate) line: u64,
}

impl FromStr for FileLine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (file, line) =
            text.rsplit_once(':').ok_or("it has to end in a colon and the number of a line")?;
        let line = line.parse().map_err(|_| format!("`{line}` is not the number of a line"))?;
        if file.is_empty() || line == 0 {
            return Err("it has to be a file, a colon and the number of a line, from 1".into());
        }
        Ok(Self { file: file.into(), line })
    }
}

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The manifest of an export
    pub(crate) manifest: PathBuf,
    /// The folder that the data files are written to, by their names in the manifest
    #[arg(short, long, value_name = "FOLDER", default_value = ".")]
    pub(crate) output: PathBuf,
}

/// Arguments of `models`.
#[derive(Debug, Args)]
pub(crate) struct ModelsArgs {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `storage`.
#[derive(Debug, Args)]
pub(crate) struct StorageArgs {
    #[command(subcommand)]
    pub(crate) command: StorageCommand,
}

/// What can be done with the object store.
#[derive(Debug, Subcommand)]
pub(crate) enum StorageCommand {
    /// Let the server's pages upload to the bucket: sets its CORS rule, beside those of others
    Cors {
        /// An origin of pages; may be given more than once [default: where the server is reached]
        #[arg(long = "origin", value_name = "URL")]
        origins: Vec<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    Text,
    Markdown,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FormatArg {
    Chatml,
    Alpaca,
    Sharegpt,
    Parquet,
}

impl From<FormatArg> for ExportFormat {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Chatml => Self::Chatml,
            FormatArg::Alpaca => Self::Alpaca,
            FormatArg::Sharegpt => Self::Sharegpt,
            FormatArg::Parquet => Self::Parquet,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum TypeArg {
    Qa,
    Instruction,
    Conversation,
    Summary,
    Classification,
}

impl From<TypeArg> for GenerationType {
    fn from(kind: TypeArg) -> Self {
        match kind {
            TypeArg::Qa => Self::Qa,
            TypeArg::Instruction => Self::Instruction,
            TypeArg::Conversation => Self::Conversation,
            TypeArg::Summary => Self::Summary,
            TypeArg::Classification => Self::Classification,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum StyleArg {
    Mixed,
    HowTo,
    Troubleshooting,
    Conceptual,
    ApiCode,
}

impl From<StyleArg> for Style {
    fn from(style: StyleArg) -> Self {
        match style {
            StyleArg::Mixed => Self::Mixed,
            StyleArg::HowTo => Self::HowTo,
            StyleArg::Troubleshooting => Self::Troubleshooting,
            StyleArg::Conceptual => Self::Conceptual,
            StyleArg::ApiCode => Self::ApiCode,
        }
    }
}

/// `easy=1,medium=2,hard=1`; what is not named has the weight 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DifficultyArg(pub(crate) DifficultyWeights);

impl FromStr for DifficultyArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut weights = DifficultyWeights { easy: 0.0, medium: 0.0, hard: 0.0 };
        for part in text.split(',') {
            let (name, weight) = part.split_once('=').ok_or(format!("`{part}` is not NAME=WEIGHT"))?;
            let weight = weight.trim().parse().map_err(|_| format!("`{weight}` is not a number"))?;
            match name.trim() {
                "easy" => weights.easy = weight,
                "medium" => weights.medium = weight,
                "hard" => weights.hard = weight,
                other => return Err(format!("`{other}` is none of easy, medium, hard")),
            }
        }
        Ok(Self(weights))
    }
}

impl std::fmt::Display for DifficultyArg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let DifficultyWeights { easy, medium, hard } = self.0;
        write!(f, "easy={easy},medium={medium},hard={hard}")
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_line_of_a_file_reads_and_says_what_it_lacks() {
        let read: FileLine = "C:/a b.jsonl:12".parse().unwrap();
        assert_eq!(read, FileLine { file: "C:/a b.jsonl".into(), line: 12 });
        for wrong in ["a.jsonl", "a.jsonl:", "a.jsonl:0", ":3", "a.jsonl:-1"] {
            assert!(wrong.parse::<FileLine>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn difficulty_reads_what_it_writes_and_names_what_it_cannot() {
        let read: DifficultyArg = "easy=1,hard=2.5".parse().unwrap();
        assert_eq!(read.0, DifficultyWeights { easy: 1.0, medium: 0.0, hard: 2.5 });
        assert_eq!(read.to_string().parse(), Ok(read));
        assert_eq!("tough=1".parse::<DifficultyArg>(), Err("`tough` is none of easy, medium, hard".into()));
        assert_eq!("easy".parse::<DifficultyArg>(), Err("`easy` is not NAME=WEIGHT".into()));
    }
}
