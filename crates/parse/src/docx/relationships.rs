//! What a part refers to: other parts, by id and by kind.

use super::xml;

/// The relationships of one part, or of the package.
#[derive(Debug, Default)]
pub(super) struct Relationships {
    all: Vec<Relationship>,
}

#[derive(Debug)]
struct Relationship {
    id: String,
    kind: String,
    target: String,
}

impl Relationships {
    /// The name of the part that holds the relationships of `part`; `""` is the package.
    pub(super) fn name(part: &str) -> String {
        match part.rsplit_once('/') {
            Some((folder, file)) => format!("{folder}/_rels/{file}.rels"),
            None => format!("_rels/{part}.rels"),
        }
    }

    /// Reads the relationships of `part`; damaged ones are none.
    pub(super) fn read(part: &str, xml: &str) -> Self {
        let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder);
        let tree = xml::tree(xml).ok();
        let inside = tree.iter().flat_map(|tree| tree.children());
        let all = inside
            .filter(|element| element.attribute("TargetMode") != Some("External"))
            .filter_map(|element| {
                Some(Relationship {
                    id: element.attribute("Id").unwrap_or_default().to_owned(),
                    kind: element.attribute("Type")?.rsplit('/').next()?.to_owned(),
                    target: resolve(folder, element.attribute("Target")?),
                })
            })
            .collect();
        Self { all }
    }

    /// The first part of the kind. The kind is the last piece of the relationship's type, which
    /// transitional and strict files share.
    pub(super) fn first(&self, kind: &str) -> Option<&str> {
        self.of_kind(kind).next().map(|(_, target)| target)
    }

    /// All parts of the kind, with the ids by which they are referred to.
    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = (&str, &str)> {
        let wanted = self.all.iter().filter(move |relationship| relationship.kind == kind);
        wanted.map(|relationship| (relationship.id.as_str(), relationship.target.as_str()))
    }
}

/// A target is relative to the folder of the part it belongs to.
fn resolve(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.retain(|step| !step.is_empty());
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_relative_to_their_part() {
        assert_eq!(resolve("word", "styles.xml"), "word/styles.xml");
        assert_eq!(resolve("word", "../docProps/core.xml"), "docProps/core.xml");
        assert_eq!(resolve("word", "/word/notes.xml"), "word/notes.xml");
        assert_eq!(resolve("", "word/document.xml"), "word/document.xml");
        assert_eq!(resolve("word", "../../x.xml"), "x.xml");
    }

    #[test]
    fn parts_are_found_by_kind() {
        let relationships = Relationships::read(
            "word/document.xml",
            r#"<Relationships><Relationship Id="1" Type="http://purl.oclc.org/a/chart" Target="charts/1.xml"/>
            <Relationship Id="2" Type="http://schemas.org/chart" Target="charts/2.xml"/>
            <Relationship Id="3" Type="http://x/styles" TargetMode="External" Target="http://y"/></Relationships>"#,
        );
        let charts: Vec<_> = relationships.of_kind("chart").collect();
        assert_eq!(charts, [("1", "word/charts/1.xml"), ("2", "word/charts/2.xml")]);
        assert_eq!(relationships.first("styles"), None);
    }
}
