//! The program under test, with a data directory of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// The example documents of the repository.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/documents")
}

/// A data directory, a working directory, and the binary.
pub(crate) struct Forge {
    pub(crate) folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Forge {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// With a gateway.
    pub(crate) fn with_gateway(url: &str) -> Self {
        Self::new().set("DATA_FORGE_GATEWAY_URL", url)
    }

    /// With a variable of the environment, in place of an earlier one of that name.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The variables that it is given.
    pub(crate) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// A command with a clean environment: nothing of the machine's settings gets in.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_data-forge"));
        command
            .args(arguments)
            .env_clear()
            .env("DATA_FORGE_DATA_DIR", self.folder.path().join("data"))
            .envs(self.environment.iter().cloned())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The lines of a JSON-lines file.
    pub(crate) fn json_lines(&self, name: &str) -> Vec<Value> {
        self.read(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// How a command ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// The summary of `--json`, after a run that ended with that code.
    #[track_caller]
    pub(crate) fn summary(&self, code: i32) -> Value {
        self.expect(code);
        serde_json::from_str(&self.stdout).unwrap()
    }

    #[track_caller]
    pub(crate) fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// What is no content of ChatML: each line has the messages of one exchange, none of them empty.
#[track_caller]
pub(crate) fn assert_chatml(line: &Value) {
    let messages = line["messages"].as_array().unwrap();
    let roles: Vec<_> = messages.iter().map(|message| message["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant"], "{line}");
    assert_eq!(line.as_object().unwrap().len(), 1, "{line}");
    for message in messages {
        assert!(!message["content"].as_str().unwrap().trim().is_empty(), "{line}");
    }
}

/// A manual of so many sections, each of which becomes a chunk.
pub(crate) fn manual(title: &str, sections: usize) -> String {
    let mut text = format!("# {title}\n\n");
    for section in 0..sections {
        text += &format!("## Valve {section} of the {title}\n\n");
        for sentence in 0..8 {
            text += &format!(
                "Valve {section}, on channel {sentence} of the {title}, opens at {} bar and closes after {} seconds when it is idle. ",
                100 + section * 10 + sentence,
                section + sentence * 3 + 1,
            );
        }
        text += &format!(
            "\n\n| part | order number |\n|---|---|\n| seat {section} of the {title} | {} |\n\n",
            7000 + section
        );
    }
    text
}
