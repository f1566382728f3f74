//! Bringing a database forward to the schema of this program. It never goes back.

use mongodb::{
    Collection, Database,
    bson::{Document, doc},
    error::{Error, ErrorKind},
};

use super::{collections::LAYOUT, row::number};
use crate::{Result, StoreError};

/// The version that this program needs: it goes up with every change of what is stored or of an index.
const NEEDED: i64 = 1;

/// What the server answers to the creation of a collection that is there.
const NAMESPACE_EXISTS: i32 = 48;

/// The wire protocol of MongoDB 5.0: the first in which a join takes a pipeline beside the fields that it is on.
const OLDEST_WIRE_VERSION: i64 = 13;

/// Checks that a server can do what is asked of it; `shown` names it.
pub(super) async fn check_server(db: &Database, shown: &str) -> Result<()> {
    let hello = db.run_command(doc! { "hello": 1 }).await?;
    let wrong = |reason: &str| StoreError::Settings { url: shown.to_owned(), reason: reason.to_owned() };
    if number(&hello, "maxWireVersion")? < OLDEST_WIRE_VERSION {
        return Err(wrong("MongoDB 5.0 or newer is needed"));
    }
    // A router of a sharded cluster is of no set.
    let has_transactions =
        hello.contains_key("setName") || hello.get_str("msg").is_ok_and(|said| said == "isdbgrid");
    if !has_transactions {
        return Err(wrong(
            "transactions need a replica set, which may have one member: start mongod with --replSet and call rs.initiate() once",
        ));
    }
    Ok(())
}

/// Brings a database forward. Every step can be done again, so that several processes that start together may each do it.
pub(super) async fn migrate(db: &Database) -> Result<()> {
    let found = version(db).await?;
    if found > NEEDED {
        return Err(newer(found));
    }
    if found < NEEDED {
        for layout in LAYOUT {
            // In transactions only collections that are there can be written to, by some servers.
            match db.create_collection(layout.name).await {
                Err(error) if !is_there(&error) => return Err(error.into()),
                _ => {}
            }
            let indexes = (layout.indexes)();
            if !indexes.is_empty() {
                db.collection::<Document>(layout.name).create_indexes(indexes).await?;
            }
        }
        meta(db)
            .update_one(doc! { "_id": "schema" }, doc! { "$max": { "version": NEEDED } })
            .upsert(true)
            .await?;
    }
    Ok(())
}

/// Checks that a database is of this program's version.
pub(super) async fn require(db: &Database) -> Result<()> {
    match version(db).await? {
        NEEDED => Ok(()),
        found if found > NEEDED => Err(newer(found)),
        found => Err(older(found)),
    }
}

fn is_there(error: &Error) -> bool {
    matches!(&*error.kind, ErrorKind::Command(command) if command.code == NAMESPACE_EXISTS)
}

fn meta(db: &Database) -> Collection<Document> {
    db.collection("meta")
}

async fn version(db: &Database) -> Result<i64> {
    match meta(db).find_one(doc! { "_id": "schema" }).await? {
        Some(schema) => number(&schema, "version"),
        None => Ok(0),
    }
}

fn older(found: i64) -> StoreError {
    StoreError::Schema {
        found,
        needed: NEEDED,
        hint: "start `data-forge serve` or `data-forge run` of this version once; it brings the store forward",
    }
}

fn newer(found: i64) -> StoreError {
    StoreError::Schema {
        found,
        needed: NEEDED,
        hint: "a newer version of the program has used this store; use that one",
    }
}
