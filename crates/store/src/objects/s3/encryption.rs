//! Server-side encryption, as the variables say it.

/// How the server encrypts what it stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Encryption {
    /// The headers that say so; none with a customer's own key.
    headers: Vec<(&'static str, String)>,
    /// Every request has to bring the customer's own key.
    customer_key: bool,
}

impl Encryption {
    /// Reads `AWS_SERVER_SIDE_ENCRYPTION`, `AWS_SSE_KMS_KEY_ID` and `AWS_SSE_BUCKET_KEY_ENABLED`.
    ///
    /// # Errors
    /// What is wrong with them, and what to do.
    pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, String> {
        let Some(kind) = variable("AWS_SERVER_SIDE_ENCRYPTION") else { return Ok(None) };
        match &*kind {
            "AES256" | "aws:kms" | "aws:kms:dsse" => {}
            "sse-c" => return Ok(Some(Self { headers: Vec::new(), customer_key: true })),
            _ => {
                let known = "`AES256`, `aws:kms`, `aws:kms:dsse` and `sse-c`";
                return Err(format!("AWS_SERVER_SIDE_ENCRYPTION has no such value; there are {known}"));
            }
        }
        let mut headers = vec![("x-amz-server-side-encryption", kind)];
        let key = variable("AWS_SSE_KMS_KEY_ID");
        headers.extend(key.map(|key| ("x-amz-server-side-encryption-aws-kms-key-id", key)));
        let bucket_key = variable("AWS_SSE_BUCKET_KEY_ENABLED");
        headers.extend(bucket_key.map(|on| ("x-amz-server-side-encryption-bucket-key-enabled", on)));
        Ok(Some(Self { headers, customer_key: false }))
    }

    /// The headers of a request that stores an object; `None` where they would give a key away.
    pub(super) fn headers(&self) -> Option<&[(&'static str, String)]> {
        (!self.customer_key).then_some(&*self.headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<Encryption>, String> {
        Encryption::read(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_kind_and_the_key_are_said_in_headers() {
        assert_eq!(read(&[]), Ok(None));
        let kms = read(&[("AWS_SERVER_SIDE_ENCRYPTION", "aws:kms"), ("AWS_SSE_KMS_KEY_ID", "id")]);
        let headers = [
            ("x-amz-server-side-encryption", "aws:kms".to_owned()),
            ("x-amz-server-side-encryption-aws-kms-key-id", "id".to_owned()),
        ];
        assert_eq!(kms.unwrap().unwrap().headers(), Some(headers.as_slice()));
    }

    #[test]
    fn a_customers_key_is_given_to_nobody() {
        assert_eq!(read(&[("AWS_SERVER_SIDE_ENCRYPTION", "sse-c")]).unwrap().unwrap().headers(), None);
    }

    #[test]
    fn an_unknown_kind_is_an_error() {
        assert!(read(&[("AWS_SERVER_SIDE_ENCRYPTION", "rot13")]).unwrap_err().contains("`AES256`"));
    }
}
