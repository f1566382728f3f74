//! Lists: the steps to do something, or the members of a kind.

use model::{Difficulty, QuestionType};

use super::{
    candidate::Candidate,
    heading::{is_steps, task},
    section::{Part, Section},
    sentences::sentences,
    verbs::{from_gerund, is_verb},
    wording::{Wording, lower_first, names_something, points_elsewhere},
};

/// What something does with the members of a list, by plural and by singular form.
const HOLDING: [(&str, &str); 12] = [
    ("include", "includes"),
    ("contain", "contains"),
    ("support", "supports"),
    ("provide", "provides"),
    ("offer", "offers"),
    ("require", "requires"),
    ("have", "has"),
    ("need", "needs"),
    ("accept", "accepts"),
    ("use", "uses"),
    ("cover", "covers"),
    ("consist of", "consists of"),
];

pub(super) fn find(section: &Section<'_>, wording: &Wording<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (index, part) in section.parts.iter().enumerate() {
        let Part::List { ordered, text, items } = part else { continue };
        if items.len() < 2 || items.iter().any(|item| item.split_whitespace().count() > 80) {
            continue;
        }
        let lead = match index.checked_sub(1).and_then(|before| section.parts.get(before)) {
            Some(Part::Prose(prose)) => sentences(prose).last().copied().filter(|last| last.ends_with(':')),
            _ => None,
        };
        let asked = match lead {
            Some(lead) => from_lead(&wording.in_sentence(lead.trim_end_matches(':')), is_steps(part)),
            None if index == 0 => {
                section.heading.and_then(|heading| from_heading(&wording.in_sentence(heading)))
            }
            None => None,
        };
        let Some((question, about, question_type)) = asked else { continue };
        let Some(question) = wording.stand_alone(&question, &about, section) else { continue };
        found.push(Candidate {
            question,
            answer: (*text).to_owned(),
            quote: (*text).to_owned(),
            question_type,
            difficulty: Difficulty::Medium,
            score: if *ordered { 90 } else { 80 },
        });
    }
    found
}

type Asked = (String, String, QuestionType);

fn from_lead(lead: &str, ordered: bool) -> Option<Asked> {
    steps(lead, ordered).or_else(|| members(lead)).filter(|(_, about, _)| !points_elsewhere(about))
}

/// "To reset it, follow these steps", "Follow these steps to reset it", "Reset it as follows".
fn steps(lead: &str, ordered: bool) -> Option<Asked> {
    let small = lower_first(lead);
    let goal = match small.strip_prefix("to ") {
        Some(rest) => rest.split(',').next().unwrap_or(rest).trim(),
        None if small.contains("step") => small.rsplit_once(" to ")?.1.trim(),
        None => return None,
    };
    if !is_verb(goal.split_whitespace().next()?) || goal.split_whitespace().count() < 2 {
        return None;
    }
    let question =
        if ordered { format!("What are the steps to {goal}?") } else { format!("How do you {goal}?") };
    Some((question, goal.to_owned(), QuestionType::HowTo))
}

fn members(lead: &str) -> Option<Asked> {
    let small = lower_first(lead);
    let factual = |question: String, about: &str| Some((question, about.to_owned(), QuestionType::Factual));
    if small.contains(',') || small.split_whitespace().count() > 16 {
        return None;
    }
    if let Some(rest) = small.strip_prefix("the following ") {
        let (kind, rest) = rest
            .split_once(" are ")
            .filter(|(kind, _)| !kind.is_empty() && kind.split_whitespace().count() < 5)?;
        return factual(format!("Which {kind} are {rest}?"), &format!("{kind} {rest}"));
    }
    if let Some(rest) = small.strip_prefix("there are ") {
        let vague = ["several ", "some ", "many ", "a few ", "various ", "a number of "];
        let kind = vague.iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
        return factual(format!("What are the {kind}?"), kind);
    }
    let (subject, plain, plural, object) = HOLDING.iter().find_map(|(many, one)| {
        [(*one, false), (*many, true)].into_iter().find_map(|(verb, plural)| {
            let (subject, object) = format!("{small} ")
                .split_once(&format!(" {verb} "))
                .map(|(subject, object)| (subject.to_owned(), object.trim().to_owned()))?;
            Some((subject, *many, plural, object))
        })
    })?;
    if subject.split_whitespace().count() > 6 || subject == "you" || subject == "i" {
        return None;
    }
    let object = object.trim_start_matches("the following").trim_start_matches("these").trim();
    let does = if plural { "do" } else { "does" };
    let vague = ["some", "any", "one", "several", "all", "a", "an", "no"];
    if object.split_whitespace().count() > 5
        || points_elsewhere(object)
        || vague.iter().any(|word| object.split(' ').next() == Some(word))
    {
        return None;
    }
    let question = match plain.split_once(' ') {
        _ if object.is_empty() => format!("What {does} {subject} {plain}?"),
        Some((verb, preposition)) => format!("What {object} {does} {subject} {verb} {preposition}?"),
        None => format!("What {object} {does} {subject} {plain}?"),
    };
    factual(question, &subject)
}

/// A heading that names the members of the list under it: "Supported formats".
fn from_heading(heading: &str) -> Option<Asked> {
    let words: Vec<_> = heading.split_whitespace().collect();
    let last = words.last()?.to_lowercase();
    let plural = last.ends_with('s') && !["ss", "us", "is"].iter().any(|ending| last.ends_with(ending));
    let first_is_verb = from_gerund(words[0]).is_some() || (words.len() > 1 && is_verb(words[0]));
    let fits = plural
        && words.len() <= 5
        && !first_is_verb
        && task(heading).is_none()
        && names_something(heading)
        && !heading.contains([':', ','])
        && !points_elsewhere(heading);
    let name = lower_first(heading);
    let name = name.strip_prefix("the ").unwrap_or(&name);
    fits.then(|| (format!("What are the {name}?"), name.to_owned(), QuestionType::Factual))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("To reset the pump, do this", true, Some("What are the steps to reset the pump?"))]
    #[case("Follow these steps to reset the pump", true, Some("What are the steps to reset the pump?"))]
    #[case("The following formats are supported", false, Some("Which formats are supported?"))]
    #[case("There are several kinds of lids", false, Some("What are the kinds of lids?"))]
    #[case("The kettle has three modes", false, Some("What three modes does the kettle have?"))]
    #[case("The box contains the following", false, Some("What does the box contain?"))]
    #[case("The box contains the following parts", false, Some("What parts does the box contain?"))]
    #[case("Models consist of", false, Some("What do models consist of?"))]
    #[case("It contains the following", false, None)]
    #[case("Here is what we think", false, None)]
    fn leads_are_asked_for(#[case] lead: &str, #[case] ordered: bool, #[case] expected: Option<&str>) {
        assert_eq!(from_lead(lead, ordered).map(|asked| asked.0).as_deref(), expected);
    }
}
