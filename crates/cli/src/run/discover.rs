//! The files of a run: those named, and those in the folders named.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::anyhow;
use walkdir::WalkDir;

use crate::failure::{Failure, Outcome};

/// A file to be made a document of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SourceFile {
    /// What the document is called: the name of the path that was given, and of a folder's file the
    /// way from that folder on, with `/` on every system.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Whether it was named itself, rather than found in a folder.
    pub(crate) named: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Files to be read, by name.
    pub(crate) files: Vec<SourceFile>,
    /// Files of other kinds, which are left alone.
    pub(crate) skipped: Vec<PathBuf>,
    /// Folders and files that could not be looked at, with the reason.
    pub(crate) unreadable: Vec<String>,
}

/// Walks the paths. Hidden files and folders are left alone.
pub(crate) fn files(paths: &[PathBuf]) -> Outcome<Found> {
    let mut found = Found::default();
    let mut files = BTreeSet::new();
    for path in paths {
        let metadata = path.metadata().map_err(|error| {
            Failure::usage(anyhow!("{}: {error}", path.display())).hint("name a file or folder that is there")
        })?;
        if metadata.is_dir() {
            walk(path, &mut files, &mut found);
        } else {
            files.insert(SourceFile { name: last_name(path), path: path.clone(), named: true });
        }
    }
    found.files = files.into_iter().collect();
    if found.files.is_empty() {
        return Err(Failure::failed(anyhow!("there are no documents in {}", list(paths)))
            .hint("documents are PDF, DOCX, Markdown, TXT, HTML and CSV files"));
    }
    Ok(found)
}

fn walk(root: &Path, files: &mut BTreeSet<SourceFile>, found: &mut Found) {
    let shown = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    for entry in WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(shown) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                let path = entry.into_path();
                if ::parse::supported_extension(&path.to_string_lossy()) || path.extension().is_none() {
                    files.insert(SourceFile { name: name(root, &path), path, named: false });
                } else {
                    found.skipped.push(path);
                }
            }
            Ok(_) => {}
            Err(error) => found.unreadable.push(error.to_string()),
        }
    }
}

fn name(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).unwrap_or(path);
    inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn last_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_order_and_other_files_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("b/.hidden")).unwrap();
        for name in ["b/two.md", "a.txt", "picture.png", "README", "b/.hidden/x.md"] {
            std::fs::write(root.join(name), "text").unwrap();
        }
        let found = files(&[root.to_owned(), root.join("picture.png")]).unwrap();
        let names: Vec<_> = found.files.iter().map(|file| (file.name.as_str(), file.named)).collect();
        assert_eq!(names, [("README", false), ("a.txt", false), ("b/two.md", false), ("picture.png", true)]);
        assert_eq!(found.skipped, [root.join("picture.png")]);
    }

    #[test]
    fn a_path_that_is_not_there_is_wrong_usage() {
        let failure = files(&[PathBuf::from("/no/such/folder")]).unwrap_err();
        assert_eq!(failure.exit, crate::failure::Exit::Usage);
        assert!(failure.error.to_string().starts_with("/no/such/folder: "), "{}", failure.error);
    }
}
