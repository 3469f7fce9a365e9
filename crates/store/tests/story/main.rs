//! The store as its callers see it: one story told on both databases, and streams under fire.

mod postgres;
mod scene;
mod streams;
mod tale;

use postgres::Cluster;

#[tokio::test]
async fn the_story_holds_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("greenroom.db").display());
    tale::tell(&url, &folder.path().join("data")).await;
    let database = std::fs::read(folder.path().join("greenroom.db")).expect("the database");
    let log = std::fs::read(folder.path().join("greenroom.db-wal")).unwrap_or_default();
    for (name, bytes) in [("the database", database), ("its log", log)] {
        let found = bytes.windows(scene::SECRET.len()).any(|part| part == scene::SECRET.as_bytes());
        assert!(!found, "{name} still holds what was deleted");
    }
}

#[tokio::test]
async fn the_story_holds_on_postgresql() {
    let cluster = Cluster::start();
    let folder = tempfile::tempdir().expect("a temporary folder");
    tale::tell(&cluster.url(), folder.path()).await;
}

#[tokio::test]
async fn another_address_is_refused_without_repeating_its_password() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for url in ["mysql://me:hunter2@host/db", "greenroom.db", "sqlite::memory:"] {
        let error = store::Store::open(url, folder.path(), scene::codec()).await.expect_err(url);
        assert!(matches!(error, store::Error::Url { .. }), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
