//! Code behind a sentence that says what it does.

use model::{Difficulty, QuestionType};

use super::{
    candidate::Candidate,
    section::{Part, Section},
    sentences::sentences,
    verbs::{from_gerund, is_verb},
    wording::{Wording, lower_first, points_elsewhere},
};

pub(super) fn find(section: &Section<'_>, wording: &Wording<'_>) -> Vec<Candidate> {
    let pairs = section.parts.windows(2).filter_map(|pair| match pair {
        [Part::Prose(prose), Part::Code(code)] => Some((sentences(prose).last().copied()?, *code)),
        _ => None,
    });
    pairs.filter_map(|(lead, code)| candidate(section, wording, lead, code)).collect()
}

fn candidate(section: &Section<'_>, wording: &Wording<'_>, lead: &str, code: &str) -> Option<Candidate> {
    let goal = goal(&lower_first(lead.trim_end_matches([':', '.'])))?;
    let goal = wording.in_sentence(&goal);
    let half_done = goal
        .split(" and ")
        .skip(1)
        .any(|rest| rest.split(' ').next().is_some_and(|word| word.ends_with("ing")));
    if half_done || points_elsewhere(&goal) || !(2..=16).contains(&goal.split_whitespace().count()) {
        return None;
    }
    let answer = bare_code(code);
    let is_command = answer.lines().count() == 1 || answer.lines().all(|line| line.starts_with("$ "));
    let question = if is_command && lead.contains("command") {
        format!("Which command do you use to {goal}?")
    } else {
        format!("What code do you use to {goal}?")
    };
    Some(Candidate {
        question: wording.stand_alone(&question, &goal, section)?,
        answer: answer.to_owned(),
        quote: answer.to_owned(),
        question_type: QuestionType::ApiCode,
        difficulty: if answer.lines().count() > 3 { Difficulty::Medium } else { Difficulty::Easy },
        score: 84,
    })
}

/// What the code is for: "to build it, run", "run this command to build it", "shows how to build it".
fn goal(lead: &str) -> Option<String> {
    const BEFORE: [&str; 7] = ["run", "use", "enter", "type", "execute", "write", "call"];
    if let Some(rest) = lead.strip_prefix("to ") {
        let (goal, then) = rest.split_once(',')?;
        let tells = then.split_whitespace().any(|word| BEFORE.contains(&word));
        return (tells && starts_with_verb(goal)).then(|| goal.to_owned());
    }
    if let Some((_, goal)) = lead.rsplit_once("how to ") {
        return starts_with_verb(goal).then(|| goal.to_owned());
    }
    let first = lead.split_whitespace().next()?;
    let names_code = ["command", "code", "function", "following"].iter().any(|word| lead.contains(word));
    if BEFORE.contains(&first) && names_code {
        let (_, goal) = lead.split_once(" to ")?;
        return starts_with_verb(goal).then(|| goal.to_owned());
    }
    let (_, doing) = lead.split_once(" example of ")?;
    let (gerund, rest) = doing.split_once(' ')?;
    from_gerund(gerund).map(|verb| format!("{verb} {rest}"))
}

fn starts_with_verb(goal: &str) -> bool {
    goal.split_whitespace().next().is_some_and(is_verb)
}

/// The lines of code without the fence around them.
fn bare_code(code: &str) -> &str {
    let Some(rest) = code.trim_start().strip_prefix("```") else { return code };
    let inner = rest.split_once('\n').map_or("", |(_, inner)| inner).trim_end();
    inner.strip_suffix("```").unwrap_or(inner).trim_end()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("to build the project, run the following command", Some("build the project"))]
    #[case("run the following command to build the project", Some("build the project"))]
    #[case("this example shows how to open a file", Some("open a file"))]
    #[case("here is an example of creating a vector", Some("create a vector"))]
    #[case("we already know this", None)]
    #[case("to this day, nobody runs it", None)]
    fn goals_are_read_from_leads(#[case] lead: &str, #[case] expected: Option<&str>) {
        assert_eq!(goal(lead).as_deref(), expected);
    }
}
