//! Pairs that were made elsewhere.

use serde::{Deserialize, Serialize};

/// How the lines of an imported file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportFormat {
    /// `{"messages": [{"role": …, "content": …}, …]}`.
    Chatml,
    /// `{"instruction": …, "input": …, "output": …}`.
    Alpaca,
    /// `{"conversations": [{"from": …, "value": …}, …]}`.
    Sharegpt,
}

impl ImportFormat {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Chatml, Self::Alpaca, Self::Sharegpt];

    /// What stands for the teacher of pairs that were imported so: nobody can be asked for them again.
    pub fn teacher(self) -> &'static str {
        match self {
            Self::Chatml => "import/chatml",
            Self::Alpaca => "import/alpaca",
            Self::Sharegpt => "import/sharegpt",
        }
    }

    /// The format of the pairs of this teacher, if it stands for any.
    pub fn of_teacher(teacher: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.teacher() == teacher)
    }
}
