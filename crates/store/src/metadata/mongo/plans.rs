//! MongoDB does what every backend has to do, and every query that it is asked meanwhile finds its documents by an index: one that
//! walks a collection makes a run quadratic.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use model::{DocumentId, Time};
use mongodb::{
    Client, IndexModel,
    bson::{Bson, Document, doc},
    event::{EventHandler, command::CommandEvent},
};

use super::{
    Mongo, OpenMode,
    collections::{CHUNKS, DOCUMENTS, EXPORTS, FINE_TUNE_JOBS, GENERATIONS, LAYOUT, PAIRS, PROJECTS, UNITS},
    library, options,
};
use crate::{Metadata, PairFilter, PairOrder, PairSort, conformance};

/// Commands by their shapes: what they ask, whatever the values, with one example of each and its database.
type Asked = Arc<Mutex<BTreeMap<String, (String, Document)>>>;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB server: tests/mongodb/run starts one"]
async fn mongodb_conforms_and_walks_no_collection() {
    let server = std::env::var("DATA_FORGE_TEST_MONGODB_URL").unwrap();
    let (made, asked) = (AtomicUsize::new(0), Asked::default());
    let outcome = conformance::metadata(async || {
        let mut options = options(&server).await?;
        let number = made.fetch_add(1, Ordering::Relaxed);
        options.default_database = Some(format!("check_{}_{number}", std::process::id()));
        options.command_event_handler = Some(handler(&asked));
        Ok(Arc::new(Mongo::open_with(options, String::new(), OpenMode::Migrate).await?) as Arc<dyn Metadata>)
    })
    .await;
    if let Err(failures) = outcome {
        panic!("{failures}");
    }
    let client = Client::with_uri_str(&server).await.unwrap();
    let asked = std::mem::take(&mut *asked.lock().unwrap());
    let mut walks = Vec::new();
    for (shape, (database, command)) in asked {
        let explain = doc! { "explain": command.clone(), "verbosity": "queryPlanner" };
        match client.database(&database).run_command(explain).await {
            Ok(plan) if !plan.to_string().contains("COLLSCAN") => {}
            Ok(_) => walks.push(shape),
            Err(error) => walks.push(format!("{shape}: {error}")),
        }
    }
    assert!(walks.is_empty(), "{} queries walk a collection:\n{}", walks.len(), walks.join("\n"));
}

fn handler(asked: &Asked) -> EventHandler<CommandEvent> {
    let asked = Arc::clone(asked);
    EventHandler::callback(move |event| {
        let CommandEvent::Started(event) = event else { return };
        for query in queries(&event.command_name, &event.command) {
            asked.lock().unwrap().entry(shape(&query)).or_insert((event.db.clone(), query));
        }
    })
}

/// What a command asks, as a command that can be explained: what a write is of is found as a query with the same filter finds it.
fn queries(name: &str, command: &Document) -> Vec<Document> {
    let collection = command.get_str(name).unwrap_or_default();
    if is_small(collection) {
        return Vec::new();
    }
    let find = |filter: &Bson, hint: Option<&Bson>| {
        let mut find = doc! { "find": collection, "filter": filter.clone() };
        find.extend(hint.map(|hint| ("hint".to_owned(), hint.clone())));
        by_id(find)
    };
    let of_each = |writes: &str| -> Vec<Document> {
        let writes = command.get_array(writes).unwrap().iter().map(|write| write.as_document().unwrap());
        writes.map(|write| find(write.get("q").unwrap(), write.get("hint"))).collect()
    };
    match name {
        "update" => of_each("updates"),
        "delete" => of_each("deletes"),
        "findAndModify" => vec![find(command.get("query").unwrap(), command.get("hint"))],
        // The sum of what all generations came to is of all of them.
        "aggregate" if collection == "generations" && shape(command).contains("pipeline:[{$group:") => {
            Vec::new()
        }
        "find" | "aggregate" | "count" | "distinct" => vec![by_id(explainable(command))],
        _ => Vec::new(),
    }
}

/// What names an id is found by it; the server of the tests has to be told.
fn by_id(mut find: Document) -> Document {
    let names_id = find.get_document("filter").is_ok_and(|filter| filter.contains_key("_id"));
    if names_id && !find.contains_key("hint") {
        find.insert("hint", "_id_");
    }
    find
}

/// Collections of a handful of documents, which are read whole.
fn is_small(collection: &str) -> bool {
    matches!(collection, "meta" | "deleted_projects")
}

/// A command without what belongs to its session.
fn explainable(command: &Document) -> Document {
    const OF_SESSION: [&str; 9] = [
        "lsid",
        "txnNumber",
        "$clusterTime",
        "$db",
        "autocommit",
        "startTransaction",
        "readConcern",
        "writeConcern",
        "$readPreference",
    ];
    let mut command = command.clone();
    for field in OF_SESSION {
        command.remove(field);
    }
    command
}

/// A document with the kinds of values in place of values, but for what names a collection or an index.
fn shape(command: &Document) -> String {
    let fields = command.iter().map(|(field, value)| match value {
        Bson::String(name) => format!("{field}:{name}"),
        value => format!("{field}:{}", shape_of(value)),
    });
    fields.collect::<Vec<_>>().join(",")
}

fn shape_of(value: &Bson) -> String {
    match value {
        Bson::Document(document) => {
            let fields = document.iter().map(|(field, value)| format!("{field}:{}", shape_of(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Bson::Array(values) => {
            // Of ids and words in a list, one is as good as many.
            let mut kinds: Vec<String> = values.iter().map(shape_of).collect();
            kinds.dedup();
            format!("[{}]", kinds.join(","))
        }
        other => format!("{:?}", other.element_type()),
    }
}

/// No list is sorted when it is read: behind what is equal in all its rows, its index goes on with what it is ordered by.
#[test]
fn lists_are_in_the_order_of_their_indexes() {
    let pairs =
        |by, filter: &PairFilter| library::pair_order(filter, PairOrder { by, descending: true }, 1_000_000);
    let (all, of_document) = (
        PairFilter::default(),
        PairFilter { documents: vec![DocumentId::new(Time::UNIX_EPOCH, [0; 10])], ..PairFilter::default() },
    );
    for (collection, equal, order) in [
        (PROJECTS, &["user"][..], library::PROJECTS),
        (DOCUMENTS, &["project"], library::DOCUMENTS),
        (CHUNKS, &["project"], library::CHUNKS),
        (GENERATIONS, &["project"], library::GENERATIONS),
        (UNITS, &["generation", "phase", "status"], library::FAILURES),
        (EXPORTS, &["project"], library::EXPORTS),
        (FINE_TUNE_JOBS, &["project", "version"], library::FINE_TUNE_JOBS),
        (PAIRS, &["project"], pairs(PairSort::CreatedAt, &all)),
        (PAIRS, &["project"], pairs(PairSort::Quality, &all)),
        (PAIRS, &["project"], pairs(PairSort::Grounding, &all)),
        (PAIRS, &["project", "document"], pairs(PairSort::CreatedAt, &of_document)),
    ] {
        let layout = LAYOUT.iter().find(|layout| layout.name == collection).unwrap();
        let named = |index: &IndexModel| {
            index.options.as_ref().is_some_and(|of| of.name.as_deref() == Some(order.index))
        };
        let index = (layout.indexes)().into_iter().find(named).unwrap();
        let fields: Vec<&str> = index.keys.keys().map(String::as_str).collect();
        assert!(
            fields.starts_with(&[equal, order.fields].concat()),
            "{collection}: {fields:?} is not {order:?}"
        );
    }
}
