use super::chance::{BodyHash, fraction, number};
use super::config::{FaultRates, GatewayConfig};

/// What goes wrong in one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    RateLimited { as_date: bool },
    InternalError,
    BadGateway,
    Unavailable,
    Reset,
    Hang,
    Truncated,
    Prose,
    Fences,
    Empty,
    OffSchema,
    TrailingCommas,
}

impl Fault {
    /// The fault of an attempt, if it meets one; the same for the same seed, body and attempt.
    pub(super) fn of(config: &GatewayConfig, body: &BodyHash, attempt: u32) -> Option<Self> {
        if config.max_faults_per_body.is_some_and(|most| attempt >= most) {
            return None;
        }
        let FaultRates {
            rate_limited,
            internal_error,
            bad_gateway,
            unavailable,
            reset,
            hang,
            truncated,
            prose,
            fences,
            empty,
            off_schema,
            trailing_commas,
        } = config.faults;
        let number = number(&[b"fault", &config.seed.to_le_bytes(), body, &attempt.to_le_bytes()]);
        let mut left = fraction(number);
        let rates = [
            (Self::RateLimited { as_date: number % 2 == 1 }, rate_limited),
            (Self::InternalError, internal_error),
            (Self::BadGateway, bad_gateway),
            (Self::Unavailable, unavailable),
            (Self::Reset, reset),
            (Self::Hang, hang),
            (Self::Truncated, truncated),
            (Self::Prose, prose),
            (Self::Fences, fences),
            (Self::Empty, empty),
            (Self::OffSchema, off_schema),
            (Self::TrailingCommas, trailing_commas),
        ];
        rates.into_iter().find_map(|(fault, rate)| {
            left -= rate;
            (left < 0.0).then_some(fault)
        })
    }

    /// Its name in the statistics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::InternalError => "internal_error",
            Self::BadGateway => "bad_gateway",
            Self::Unavailable => "unavailable",
            Self::Reset => "reset",
            Self::Hang => "hang",
            Self::Truncated => "truncated",
            Self::Prose => "prose",
            Self::Fences => "fences",
            Self::Empty => "empty",
            Self::OffSchema => "off_schema",
            Self::TrailingCommas => "trailing_commas",
        }
    }

    /// Whether the reply holds the whole answer all the same, for a client that knows how to read
    /// it.
    pub(super) fn leaves_the_answer_readable(self) -> bool {
        matches!(self, Self::Prose | Self::Fences | Self::TrailingCommas)
    }

    /// The content of the reply and its finish reason, out of the right content.
    pub(super) fn spoil(self, content: String) -> (String, &'static str) {
        let spoilt = match self {
            Self::Truncated => {
                let keep = content.chars().count() * 3 / 5;
                return (content.chars().take(keep).collect(), "length");
            }
            Self::Prose => format!(
                "Sure! Here is what you asked for:\n\n{content}\n\nLet me know if you need anything else."
            ),
            Self::Fences => format!("```json\n{content}\n```"),
            Self::Empty => String::new(),
            Self::OffSchema => r#"{"status":"ok","message":"I have read the passage."}"#.into(),
            Self::TrailingCommas => with_trailing_commas(&content),
            _ => content,
        };
        (spoilt, "stop")
    }
}

fn with_trailing_commas(json: &str) -> String {
    let mut spoilt = String::with_capacity(json.len() + json.len() / 8);
    let (mut in_string, mut escaped) = (false, false);
    for char in json.chars() {
        if !in_string && matches!(char, ']' | '}') && !spoilt.ends_with(['[', '{']) {
            spoilt.push(',');
        }
        in_string ^= char == '"' && !escaped;
        escaped = in_string && char == '\\' && !escaped;
        spoilt.push(char);
    }
    spoilt
}

#[cfg(test)]
mod tests {
    use super::super::chance::body_hash;
    use super::*;

    fn config() -> GatewayConfig {
        let faults = FaultRates { internal_error: 0.2, hang: 0.1, ..FaultRates::default() };
        GatewayConfig { faults, ..GatewayConfig::default() }
    }

    #[test]
    fn faults_come_as_often_as_asked_for() {
        let met: Vec<_> =
            (0..2000u32).filter_map(|at| Fault::of(&config(), &body_hash(&at.to_le_bytes()), 0)).collect();
        let errors = met.iter().filter(|fault| **fault == Fault::InternalError).count();
        assert!((340..460).contains(&errors), "{errors}");
        assert!((140..260).contains(&(met.len() - errors)), "{}", met.len() - errors);
    }

    #[test]
    fn attempts_are_drawn_anew_and_seeds_differ() {
        let drawn = |config: &GatewayConfig| -> Vec<_> {
            (0..50).map(|attempt| Fault::of(config, &body_hash(b"x"), attempt)).collect()
        };
        let faults = drawn(&config());
        assert!(faults.contains(&None) && faults.contains(&Some(Fault::InternalError)));
        assert_ne!(faults, drawn(&GatewayConfig { seed: 1, ..config() }));
    }

    #[test]
    fn a_body_meets_no_more_than_the_most_faults() {
        let faults = FaultRates { hang: 1.0, ..FaultRates::default() };
        let config = GatewayConfig { faults, max_faults_per_body: Some(2), ..config() };
        let drawn: Vec<_> = (0..3).map(|attempt| Fault::of(&config, &body_hash(b"x"), attempt)).collect();
        assert_eq!(drawn, [Some(Fault::Hang), Some(Fault::Hang), None]);
    }

    #[test]
    fn commas_stand_before_brackets_but_not_in_strings() {
        let (spoilt, _) = Fault::TrailingCommas.spoil(r#"{"a":[1,"]\"}"],"b":{}}"#.into());
        assert_eq!(spoilt, r#"{"a":[1,"]\"}",],"b":{},}"#);
    }
}
