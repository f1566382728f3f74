//! What the API server answers that is no success, in words for users.

use kube::Error;

use crate::LaunchError;

/// What becomes of a job that could not be made. A quota has room again one day, and a server that has no time or is not there
/// has it later; whatever else it refuses, it refuses again.
pub(super) fn of(name: &str, error: &Error) -> LaunchError {
    let (name, detail) = (name.to_owned(), text(error));
    match error {
        Error::Api(status) if matches!(status.code, 400 | 403 | 404 | 422) && !is_quota(&status.message) => {
            LaunchError::Refused { name, detail }
        }
        _ => LaunchError::Unavailable { name, detail },
    }
}

/// The server's own words, or why there are none.
pub(super) fn text(error: &Error) -> String {
    match error {
        Error::Api(status) if status.message.is_empty() => format!("the cluster answers {}", status.code),
        Error::Api(status) => format!("the cluster answers {}: {}", status.code, status.message),
        other => {
            let mut cause: &dyn std::error::Error = other;
            while let Some(deeper) = cause.source() {
                cause = deeper;
            }
            format!("the cluster's API server does not answer: {cause}")
        }
    }
}

fn is_quota(message: &str) -> bool {
    message.contains("exceeded quota")
}

#[cfg(test)]
mod tests {
    use kube::core::Status;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(403, "jobs.batch \"df\" is forbidden: exceeded quota: team, requested: count/jobs.batch=1", false)]
    #[case(403, "jobs.batch is forbidden: User \"x\" cannot create resource \"jobs\"", true)]
    #[case(422, "Job.batch \"df\" is invalid: spec.template: Required value", true)]
    #[case(429, "too many requests", false)]
    #[case(401, "Unauthorized", false)]
    #[case(500, "etcdserver: request timed out", false)]
    fn what_will_be_refused_again_is_told_from_what_passes(
        #[case] code: u16,
        #[case] message: &str,
        #[case] for_good: bool,
    ) {
        let error = Error::Api(Box::new(Status::failure(message, "Test").with_code(code)));
        let refusal = of("df", &error);
        assert_eq!(matches!(refusal, LaunchError::Refused { .. }), for_good, "{refusal}");
        assert!(refusal.to_string().contains(message), "{refusal}");
    }
}
