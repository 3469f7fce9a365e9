//! The first tables. Everything belongs to a person, most of it through an interview, and goes
//! with them.

use sea_orm_migration::{prelude::*, schema::*};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_first"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut table in all_tables() {
            manager.create_table(table.take()).await?;
        }
        for (name, table, columns) in INDEXES {
            let mut index = Index::create().name(*name).table(Alias::new(*table)).to_owned();
            for column in *columns {
                index.col(Alias::new(*column));
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

const INDEXES: &[(&str, &str, &[&str])] = &[
    ("goals_by_person", "goals", &["person"]),
    ("interviews_by_person", "interviews", &["person", "created"]),
    ("interviews_by_retake", "interviews", &["retake_of"]),
    ("participants_by_interview", "participants", &["interview"]),
    ("answers_by_interview", "answers", &["interview"]),
    ("turns_by_answer", "turns", &["answer"]),
    ("streams_by_interview", "streams", &["interview"]),
    ("anchors_by_stream", "anchors", &["stream", "position"]),
    ("recordings_by_interview", "recordings", &["interview"]),
    ("outputs_by_interview", "outputs", &["interview", "kind"]),
    ("outputs_by_answer", "outputs", &["answer", "kind"]),
    ("corrections_by_interview", "corrections", &["interview"]),
    ("ratings_by_interview", "ratings", &["interview"]),
    ("strikes_by_answer", "strikes", &["answer"]),
    ("strikes_by_interview", "strikes", &["interview"]),
    ("consents_by_person", "consents", &["person"]),
    ("derived_by_interview", "derived", &["interview"]),
    ("derived_by_person", "derived", &["person", "kind"]),
    ("jobs_by_state", "jobs", &["state", "run_after"]),
    ("jobs_by_subject", "jobs", &["subject", "kind"]),
    ("jobs_by_interview", "jobs", &["interview"]),
    ("speech_by_interview", "speech", &["interview"]),
    ("speech_by_use", "speech", &["used"]),
];

fn table<const N: usize>(name: &'static str, columns: [ColumnDef; N]) -> TableCreateStatement {
    let mut table = Table::create().table(Alias::new(name)).to_owned();
    for column in columns {
        table.col(column);
    }
    table
}

/// A reference to a row of `to`, with which the referring row is deleted.
fn goes_with(column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from_col(Alias::new(column))
        .to(Alias::new(to), Alias::new("id"))
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

fn key(name: &'static str) -> ColumnDef {
    text(name).primary_key().to_owned()
}

fn key_of<const N: usize>(columns: [&'static str; N]) -> IndexCreateStatement {
    let mut index = Index::create().primary().to_owned();
    for column in columns {
        index.col(Alias::new(column));
    }
    index
}

fn all_tables() -> Vec<TableCreateStatement> {
    [people(), sittings(), talk(), agreements(), sounds(), engines(), given(), work()].concat()
}

fn people() -> Vec<TableCreateStatement> {
    vec![
        table(
            "persons",
            [key("id"), text("name"), boolean("local"), big_integer("created"), text("settings")],
        ),
        table("goals", [key("id"), text("person"), big_integer("created"), text("body")])
            .foreign_key(&mut goes_with("person", "persons"))
            .take(),
    ]
}

fn sittings() -> Vec<TableCreateStatement> {
    vec![
        table(
            "interviews",
            [
                key("id"),
                text("person"),
                text_null("retake_of"),
                text("plan"),
                big_integer("seed"),
                text("state"),
                big_integer("created"),
                big_integer_null("started"),
                big_integer_null("ended"),
            ],
        )
        .foreign_key(&mut goes_with("person", "persons"))
        .take(),
        table("snapshots", [key("interview"), big_integer("saved"), text("body")])
            .foreign_key(&mut goes_with("interview", "interviews"))
            .take(),
        table(
            "participants",
            [
                key("id"),
                text("interview"),
                text("role"),
                text("name"),
                text_null("person"),
                text_null("persona"),
            ],
        )
        .foreign_key(&mut goes_with("interview", "interviews"))
        .foreign_key(goes_with("person", "persons").on_delete(ForeignKeyAction::SetNull))
        .take(),
    ]
}

fn talk() -> Vec<TableCreateStatement> {
    vec![
        table(
            "answers",
            [
                key("id"),
                text("interview"),
                text("participant"),
                big_integer_null("item"),
                big_integer("attempt"),
                text("question"),
                text("mode"),
                text("language"),
                big_integer("opened_us"),
                big_integer_null("closed_us"),
            ],
        )
        .foreign_key(&mut goes_with("interview", "interviews"))
        .foreign_key(&mut goes_with("participant", "participants"))
        .take(),
        table(
            "turns",
            [
                key("id"),
                text("interview"),
                big_integer("place"),
                text("participant"),
                text_null("answer"),
                text("language"),
                text("body"),
            ],
        )
        .index(
            Index::create()
                .unique()
                .name("turns_by_place")
                .col(Alias::new("interview"))
                .col(Alias::new("place")),
        )
        .foreign_key(&mut goes_with("interview", "interviews"))
        .foreign_key(&mut goes_with("participant", "participants"))
        .foreign_key(&mut goes_with("answer", "answers"))
        .take(),
    ]
}

fn agreements() -> Vec<TableCreateStatement> {
    vec![
        table(
            "consents",
            [
                big_pk_auto("number"),
                text("person"),
                text_null("interview"),
                text_null("participant"),
                text("what"),
                text("language"),
                boolean("given"),
                big_integer("at"),
            ],
        )
        .foreign_key(&mut goes_with("person", "persons"))
        .foreign_key(&mut goes_with("interview", "interviews"))
        .foreign_key(&mut goes_with("participant", "participants"))
        .take(),
        table(
            "dismissals",
            [text("person"), text("step"), text_null("interview"), big_integer("at")],
        )
        .primary_key(&mut key_of(["person", "step"]))
        .foreign_key(&mut goes_with("person", "persons"))
        .foreign_key(&mut goes_with("interview", "interviews"))
        .take(),
    ]
}

fn sounds() -> Vec<TableCreateStatement> {
    vec![
        table(
            "streams",
            [
                key("id"),
                text("interview"),
                text("participant"),
                text("kind"),
                big_integer("sample_rate"),
                text("codec"),
                text("settings"),
                big_integer("created"),
                big_integer_null("finished"),
            ],
        )
        .foreign_key(&mut goes_with("interview", "interviews"))
        .foreign_key(&mut goes_with("participant", "participants"))
        .take(),
        table(
            "anchors",
            [
                big_pk_auto("number"),
                text("stream"),
                big_integer("position"),
                big_integer("at_us"),
                text("reason"),
            ],
        )
        .foreign_key(&mut goes_with("stream", "streams"))
        .take(),
        table(
            "recordings",
            [
                key("id"),
                text("interview"),
                text_uniq("stream"),
                text("participant"),
                text("media_type"),
                text("path"),
                big_integer("bytes"),
                big_integer("created"),
            ],
        )
        .foreign_key(&mut goes_with("interview", "interviews"))
        .foreign_key(&mut goes_with("stream", "streams"))
        .foreign_key(&mut goes_with("participant", "participants"))
        .take(),
    ]
}

fn engines() -> Vec<TableCreateStatement> {
    vec![
        table(
            "outputs",
            [
                big_pk_auto("number"),
                text("interview"),
                text("participant"),
                text_null("answer"),
                text_null("stream"),
                text("kind"),
                text("engine"),
                text("model"),
                text_null("model_sha256"),
                text("language"),
                text_null("span"),
                text("body"),
                big_integer("created"),
            ],
        )
        .foreign_key(&mut goes_with("interview", "interviews"))
        .foreign_key(&mut goes_with("participant", "participants"))
        .foreign_key(&mut goes_with("answer", "answers"))
        .foreign_key(&mut goes_with("stream", "streams"))
        .take(),
        table(
            "speech",
            [
                key("key"),
                text_null("interview"),
                text("path"),
                big_integer("bytes"),
                big_integer("used"),
            ],
        )
        .foreign_key(&mut goes_with("interview", "interviews"))
        .take(),
    ]
}

fn given() -> Vec<TableCreateStatement> {
    vec![
        table(
            "corrections",
            [
                text("answer"),
                big_integer("version"),
                text("interview"),
                text("participant"),
                text("language"),
                text("words"),
                big_integer("created"),
            ],
        )
        .primary_key(&mut key_of(["answer", "version"]))
        .foreign_key(&mut goes_with("answer", "answers"))
        .foreign_key(&mut goes_with("interview", "interviews"))
        .foreign_key(&mut goes_with("participant", "participants"))
        .take(),
        table(
            "ratings",
            [
                big_pk_auto("number"),
                text("interview"),
                text("participant"),
                text_null("answer"),
                text("of"),
                big_integer("value"),
                big_integer("created"),
            ],
        )
        .foreign_key(&mut goes_with("interview", "interviews"))
        .foreign_key(&mut goes_with("participant", "participants"))
        .foreign_key(&mut goes_with("answer", "answers"))
        .take(),
        table(
            "strikes",
            [
                big_pk_auto("number"),
                text("interview"),
                text("answer"),
                text("participant"),
                text("text"),
                text_null("span"),
                big_integer_null("word"),
                boolean("struck"),
                big_integer("created"),
            ],
        )
        .foreign_key(&mut goes_with("interview", "interviews"))
        .foreign_key(&mut goes_with("answer", "answers"))
        .foreign_key(&mut goes_with("participant", "participants"))
        .take(),
    ]
}

fn work() -> Vec<TableCreateStatement> {
    vec![
        table(
            "derived",
            [
                text("subject"),
                text("kind"),
                text("key"),
                text("person"),
                text_null("interview"),
                text("body"),
                text("problems"),
                big_integer("created"),
            ],
        )
        .primary_key(&mut key_of(["subject", "kind", "key"]))
        .foreign_key(&mut goes_with("person", "persons"))
        .foreign_key(&mut goes_with("interview", "interviews"))
        .take(),
        table(
            "jobs",
            [
                key("id"),
                text("person"),
                text_null("interview"),
                text("kind"),
                text("subject"),
                text("body"),
                text("state"),
                big_integer("attempts"),
                text_null("last_error"),
                big_integer("run_after"),
                big_integer("created"),
                big_integer_null("lease_until"),
            ],
        )
        .foreign_key(&mut goes_with("person", "persons"))
        .foreign_key(&mut goes_with("interview", "interviews"))
        .take(),
        table("removals", [key("path")]),
    ]
}
