//! The files in which the tools of AWS keep keys and settings of a machine's user.

use std::path::{Path, PathBuf};

use configparser::ini::Ini;

/// What is taken from a profile, by the variables that say the same.
const TAKEN: [(&str, &str); 5] = [
    ("aws_access_key_id", "AWS_ACCESS_KEY_ID"),
    ("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY"),
    ("aws_session_token", "AWS_SESSION_TOKEN"),
    ("region", "AWS_REGION"),
    ("endpoint_url", "AWS_ENDPOINT_URL"),
];
/// Variables that name keys, or who gives them: where there is one, the keys of no file are looked at.
const KEYS: [&str; 4] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/// The variables, with what they leave open from the profile: `AWS_PROFILE`, else `default`.
///
/// # Errors
/// What is wrong with a file, or with a profile that was asked for, and what to do.
pub(super) fn complete(mut variables: Vec<(String, String)>) -> Result<Vec<(String, String)>, String> {
    let variable = |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| &**value);
    let asked = variable("AWS_PROFILE");
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    let file = |name: &str, own: &str| -> Option<PathBuf> {
        variable(name).map(PathBuf::from).or_else(|| home.map(|home| Path::new(home).join(".aws").join(own)))
    };
    let profile = asked.unwrap_or("default");
    let keys = section(file("AWS_SHARED_CREDENTIALS_FILE", "credentials"), profile)?;
    let settings = file("AWS_CONFIG_FILE", "config");
    let in_settings = if profile == "default" { "default".to_owned() } else { format!("profile {profile}") };
    let settings = section(settings, &in_settings)?;
    let find = |name: &str| keys.iter().chain(&settings).find(|(known, _)| known == name);

    let has_keys = KEYS.iter().any(|name| variable(name).is_some());
    let keys_found = find("aws_access_key_id").is_some() && find("aws_secret_access_key").is_some();
    if asked.is_some() && !has_keys && !keys_found {
        return Err(format!(
            "the profile `{profile}` of AWS_PROFILE has no aws_access_key_id and aws_secret_access_key, and other ways \
             to get keys are not known here: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY \
             (`aws configure export-credentials --format env` prints them)"
        ));
    }
    let mut more = Vec::new();
    for (name, variable_name) in TAKEN {
        let is_key = name.starts_with("aws_");
        let open = if is_key { !has_keys && keys_found } else { variable(variable_name).is_none() };
        more.extend(find(name).filter(|_| open).map(|(_, value)| (variable_name.to_owned(), value.clone())));
    }
    // The names of the variables that come from the environment stay before those of files.
    if variable("AWS_DEFAULT_REGION").is_some() {
        more.retain(|(name, _)| name != "AWS_REGION");
    }
    variables.extend(more);
    Ok(variables)
}

/// The names and values of a section; none where there is no such file or section.
fn section(file: Option<PathBuf>, name: &str) -> Result<Vec<(String, String)>, String> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("{} cannot be read: {error}", file.display())),
    };
    let mut ini = Ini::new_cs();
    // What the reader says of a line may hold the line, and so a key.
    let mut sections = ini.read(text).map_err(|_| format!("{} is no INI file", file.display()))?;
    let values = sections.remove(name).unwrap_or_default();
    Ok(values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(
        credentials: &str,
        config: &str,
        variables: &[(&str, &str)],
    ) -> Result<Vec<(String, String)>, String> {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".aws");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("credentials"), credentials).unwrap();
        std::fs::write(folder.join("config"), config).unwrap();
        let mut all: Vec<(String, String)> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        all.push(("HOME".into(), home.path().display().to_string()));
        let mut all = complete(all)?;
        all.retain(|(name, _)| name.starts_with("AWS_"));
        all.sort();
        Ok(all)
    }

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    const CREDENTIALS: &str = "# keys\n[default]\naws_access_key_id = A\naws_secret_access_key = s+/=1\n\
                               [work]\naws_access_key_id=B\naws_secret_access_key=t\naws_session_token=u\n";
    const CONFIG: &str = "[default]\nregion = eu-west-1\n[profile work]\nregion = eu-west-2\n\
                          endpoint_url = http://minio:9000\n[profile sso]\nsso_start_url = https://x\n";

    #[test]
    fn the_default_profile_fills_what_is_open() {
        let expected =
            [("AWS_ACCESS_KEY_ID", "A"), ("AWS_REGION", "eu-west-1"), ("AWS_SECRET_ACCESS_KEY", "s+/=1")];
        assert_eq!(with(CREDENTIALS, CONFIG, &[]), Ok(pairs(&expected)));
    }

    #[test]
    fn a_profile_is_chosen_by_name() {
        let found = with(CREDENTIALS, CONFIG, &[("AWS_PROFILE", "work")]).unwrap();
        let expected = [
            ("AWS_ACCESS_KEY_ID", "B"),
            ("AWS_ENDPOINT_URL", "http://minio:9000"),
            ("AWS_PROFILE", "work"),
            ("AWS_REGION", "eu-west-2"),
            ("AWS_SECRET_ACCESS_KEY", "t"),
            ("AWS_SESSION_TOKEN", "u"),
        ];
        assert_eq!(found, pairs(&expected));
    }

    #[test]
    fn the_environment_goes_before_files() {
        let set = [("AWS_ACCESS_KEY_ID", "C"), ("AWS_DEFAULT_REGION", "x"), ("AWS_SECRET_ACCESS_KEY", "v")];
        assert_eq!(with(CREDENTIALS, CONFIG, &set), Ok(pairs(&set)));
        let role = [("AWS_ROLE_ARN", "arn"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")];
        let found = with(CREDENTIALS, "", &role);
        assert_eq!(found, Ok(pairs(&role)));
    }

    #[test]
    fn a_profile_without_keys_is_an_error_that_tells_none() {
        let error = with(CREDENTIALS, CONFIG, &[("AWS_PROFILE", "sso")]).unwrap_err();
        assert!(error.contains("`sso`") && error.contains("export-credentials"), "{error}");
        let error = with("[default\nvery-secret", "", &[]).unwrap_err();
        assert!(!error.contains("very-secret"), "{error}");
    }
}
