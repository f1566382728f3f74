//! Which link is given out: the object store's own, where it makes any, else the server's.

use std::{collections::BTreeMap, time::Duration};

use store::{ObjectKey, ObjectLink};

use super::{
    SignedUrl,
    get::{content_type, disposition},
};
use crate::{App, problem::Problem};

/// A link by which an object can be put once, `life` long; see [`super::Links::put`].
pub(crate) async fn to_put(
    app: &App,
    base_url: &str,
    key: &ObjectKey,
    content_type: &str,
    length: u64,
    life: Duration,
) -> Result<SignedUrl, Problem> {
    let expires_at = app.environment.now() + life;
    let direct = app.environment.objects.link_to_put(key, content_type, length, life).await?;
    Ok(match direct {
        Some(ObjectLink { url, headers }) => SignedUrl { url, method: "PUT", headers, expires_at },
        None => app.links.put(base_url, key, content_type, length, expires_at),
    })
}

/// A link by which an object can be fetched and saved under a name, `life` long; see [`super::Links::get`].
pub(crate) async fn to_get(
    app: &App,
    base_url: &str,
    key: &ObjectKey,
    name: &str,
    life: Duration,
) -> Result<SignedUrl, Problem> {
    let expires_at = app.environment.now() + life;
    let direct =
        app.environment.objects.link_to_get(key, content_type(name), &disposition(name), life).await?;
    Ok(match direct {
        Some(ObjectLink { url, .. }) => {
            SignedUrl { url, method: "GET", headers: BTreeMap::new(), expires_at }
        }
        None => app.links.get(base_url, key, name, expires_at),
    })
}
