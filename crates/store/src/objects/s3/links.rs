//! Links by which browsers reach objects without the server in between.

use std::{collections::BTreeMap, time::Duration};

use rusty_s3::Method;

use super::{Bucket, signed::Request};
use crate::{ObjectKey, ObjectLink, Result};

/// The most bytes that one request may put.
const MOST: u64 = 5 << 30;

impl Bucket {
    /// A link to put an object that is not there yet; see [`crate::Objects::link_to_put`].
    pub(super) async fn sign_put(
        &self,
        key: &ObjectKey,
        content_type: &str,
        length: u64,
        life: Duration,
    ) -> Result<Option<ObjectLink>> {
        let encryption = self.settings.encryption.as_ref();
        let encryption = encryption.map_or(Some([].as_slice()), |encryption| encryption.headers());
        let Some(encryption) = encryption.filter(|_| length <= MOST) else { return Ok(None) };
        let mut headers: BTreeMap<String, String> =
            encryption.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        headers.insert("content-type".into(), content_type.into());
        headers.insert("if-none-match".into(), "*".into());
        // Whoever sends bytes says how many they are: that needs no telling, but is bound all the same.
        let length = length.to_string();
        let mut signed: BTreeMap<&str, &str> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        signed.insert("content-length", &length);
        let signed: Vec<_> = signed.into_iter().collect();
        let url = self.sign_public(Method::Put, key, &[], &signed, life).await?;
        Ok(Some(ObjectLink { url, headers }))
    }

    /// A link to get an object; see [`crate::Objects::link_to_get`].
    pub(super) async fn sign_get(
        &self,
        key: &ObjectKey,
        content_type: &str,
        content_disposition: &str,
        life: Duration,
    ) -> Result<Option<ObjectLink>> {
        if self.settings.encryption.as_ref().is_some_and(|encryption| encryption.headers().is_none()) {
            return Ok(None);
        }
        let query =
            [("response-content-disposition", content_disposition), ("response-content-type", content_type)];
        let url = self.sign_public(Method::Get, key, &query, &[], life).await?;
        Ok(Some(ObjectLink { url, headers: BTreeMap::new() }))
    }

    async fn sign_public(
        &self,
        method: Method,
        key: &ObjectKey,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        life: Duration,
    ) -> Result<String> {
        let base = &self.settings.public_base;
        let request = Request { method, base, key: key.as_str(), query, headers };
        let url = self.signer.sign(&request, life).await;
        Ok(url.map_err(|failure| failure.into_error(&self.place, key.as_str()))?.into())
    }
}
