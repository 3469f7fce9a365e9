//! One interview as a whole, to be taken elsewhere and brought back.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use interview::{
    AnswerId, InterviewId, ParticipantId, PersonId, RecordingId, StreamId, Turn, TurnId,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    Anchor, AnswerRecord, Consent, Correction, Derived, Error, Interview, InterviewState, Output,
    Participant, RATING_MAX, Rating, Recording, Store, Stream, StreamKind, Strike,
    column::Text,
    entity::{consent, correction, output, rating, removal, strike},
    given, outputs, removal as removing, sitting,
    sound::{Kept, blocking, sync_folder},
    streams,
};

/// The archive format that this code writes, and the newest that it reads.
pub const ARCHIVE_VERSION: u32 = 1;

/// Everything stored about one interview, but for the files, which are listed beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InterviewArchive {
    /// The format of this archive.
    pub version: u32,
    /// The interview with its plan.
    pub interview: Interview,
    /// Who took part.
    pub participants: Vec<Participant>,
    /// The answers.
    pub answers: Vec<AnswerRecord>,
    /// The turn log.
    pub turns: Vec<Turn>,
    /// The conversation's last state, and when it was saved.
    pub snapshot: Option<Json>,
    /// The streams; the files of the nth are in the folder `stream-n`, from 0.
    pub streams: Vec<StreamArchive>,
    /// What engines made.
    pub outputs: Vec<Output>,
    /// Corrected transcripts.
    pub corrections: Vec<Correction>,
    /// Self-ratings.
    pub ratings: Vec<Rating>,
    /// Struck fillers.
    pub strikes: Vec<Strike>,
    /// What was agreed to in this interview.
    pub consents: Vec<Consent>,
    /// What was computed.
    pub derived: Vec<Derived>,
}

/// A stream in an archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamArchive {
    /// The stream.
    pub stream: Stream,
    /// Its anchors.
    pub anchors: Vec<Anchor>,
    /// What it became.
    pub recording: Recording,
}

/// A file that belongs to an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveFile {
    /// Its name in the archive ("stream-0/0000.flac").
    pub name: String,
    /// Where it is now.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

const VIDEO: &str = "video";
const INDEX: &str = "index.json";

impl Store {
    /// Everything stored about an interview, and its files. Streams must be finished before.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::StillWriting`] when a stream is not finished; when a file is
    /// missing.
    pub async fn export_interview(
        &self,
        id: InterviewId,
    ) -> Result<(InterviewArchive, Vec<ArchiveFile>), Error> {
        let interview = self.interview(id).await?;
        let recordings = self.recordings(id).await?;
        let mut streams = Vec::new();
        for stream in self.streams(id).await? {
            let recording = recordings
                .iter()
                .find(|recording| recording.stream == stream.id)
                .cloned()
                .ok_or(Error::StillWriting { stream: stream.id })?;
            let anchors = self.anchors(stream.id).await?;
            streams.push(StreamArchive { stream, anchors, recording });
        }
        let archive = InterviewArchive {
            version: ARCHIVE_VERSION,
            interview,
            participants: self.participants(id).await?,
            answers: self.answers(id).await?,
            turns: self.turns(id).await?,
            snapshot: self.snapshot(id).await?,
            streams,
            outputs: self.outputs(id, None).await?,
            corrections: self.corrections_in(id).await?,
            ratings: self.ratings(id).await?,
            strikes: self.strikes_in(id).await?,
            consents: self.consents_in(id).await?,
            derived: self.derived_of(id).await?,
        };
        let mut files = Vec::new();
        for (number, entry) in archive.streams.iter().enumerate() {
            for (name, path) in self.stream_files(&entry.stream, None)? {
                let bytes = fs::metadata(&path).map_err(Error::io(&path))?.len();
                files.push(ArchiveFile { name: format!("stream-{number}/{name}"), path, bytes });
            }
        }
        Ok((archive, files))
    }

    async fn corrections_in(&self, id: InterviewId) -> Result<Vec<Correction>, Error> {
        let rows = correction::Entity::find()
            .filter(correction::Column::Interview.eq(Text(id)))
            .order_by_asc(correction::Column::Answer)
            .order_by_asc(correction::Column::Version)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Correction::from).collect())
    }

    async fn strikes_in(&self, id: InterviewId) -> Result<Vec<Strike>, Error> {
        let rows = strike::Entity::find()
            .filter(strike::Column::Interview.eq(Text(id)))
            .order_by_asc(strike::Column::Number)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Strike::from).collect())
    }

    async fn consents_in(&self, id: InterviewId) -> Result<Vec<Consent>, Error> {
        let rows = consent::Entity::find()
            .filter(consent::Column::Interview.eq(Text(id)))
            .order_by_asc(consent::Column::Number)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(Consent::from).collect())
    }

    /// Stores an archive as an interview of `person`. `files` is a folder that holds the archive's
    /// files under their names; they are copied. An interview that was under way when it was
    /// exported is marked as given up. All is stored, or nothing.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the interview, or anything in it, is stored already: import it
    /// [with fresh ids](InterviewArchive::with_fresh_ids) to have a second copy.
    /// [`Error::Archive`] when it contradicts itself or is of a newer format; [`Error::Io`] when a
    /// file is missing.
    pub async fn import_interview(
        &self,
        archive: &InterviewArchive,
        files: &Path,
        person: PersonId,
    ) -> Result<(), Error> {
        let archive = archive.of_person(person)?;
        archive.check()?;
        let id = archive.interview.id;
        let folder = self.streams_folder(id);
        if self.interview(id).await.is_ok() || folder.exists() {
            return Err(Error::Conflict { what: "interview", id: id.to_string() });
        }
        let noted = vec![self.relative(&folder)];
        removing::note(&self.writer, &noted).await?;
        let stored = match self.copy_files(&archive, files).await {
            Ok(()) => self.import_rows(&archive, &noted).await,
            Err(error) => Err(error),
        };
        if stored.is_err() {
            self.remove_noted(noted).await?;
        }
        stored
    }

    async fn copy_files(&self, archive: &InterviewArchive, files: &Path) -> Result<(), Error> {
        let mut copies = Vec::new();
        for (number, entry) in archive.streams.iter().enumerate() {
            let from = files.join(format!("stream-{number}"));
            for (name, to) in self.stream_files(&entry.stream, Some(&from))? {
                copies.push((from.join(name), to));
            }
        }
        blocking(move || {
            let mut folders = BTreeSet::new();
            for (from, to) in copies {
                if let Some(folder) = to.parent() {
                    fs::create_dir_all(folder).map_err(Error::io(folder))?;
                    folders.insert(folder.to_owned());
                }
                fs::copy(&from, &to).map_err(Error::io(&from))?;
                let file = fs::File::open(&to).map_err(Error::io(&to))?;
                file.sync_all().map_err(Error::io(&to))?;
            }
            folders.iter().try_for_each(|folder| sync_folder(folder).map_err(Error::io(folder)))
        })
        .await
    }

    async fn import_rows(&self, archive: &InterviewArchive, noted: &[String]) -> Result<(), Error> {
        let db = self.begin().await?;
        sitting::insert_interview(&db, &archive.interview, &archive.participants).await?;
        for answer in &archive.answers {
            sitting::insert_answer(&db, answer).await?;
        }
        for turn in &archive.turns {
            sitting::insert_turn(&db, turn).await?;
        }
        if let Some(state) = &archive.snapshot {
            let saved = archive.interview.created;
            sitting::put_snapshot(&db, archive.interview.id, state, saved).await?;
        }
        for entry in &archive.streams {
            streams::insert_stream(&db, &entry.stream).await?;
            for anchor in &entry.anchors {
                streams::insert_anchor(&db, entry.stream.id, *anchor).await?;
            }
            let path = self.relative(&self.paths(&entry.stream).kept);
            let recording = Recording { path, ..entry.recording.clone() };
            streams::insert_recording(&db, &recording).await?;
        }
        import_added(&db, archive).await?;
        removal::Entity::delete_many()
            .filter(removal::Column::Path.is_in(noted.iter().cloned()))
            .exec(&db)
            .await?;
        db.commit().await?;
        Ok(())
    }

    /// The names in an archive, and the places here, of a finished stream's files. What there is
    /// says the index of the sound in `from`, or of the sound that is stored.
    fn stream_files(
        &self,
        stream: &Stream,
        from: Option<&Path>,
    ) -> Result<Vec<(String, PathBuf)>, Error> {
        let kept = self.paths(stream).kept;
        if stream.kind == StreamKind::Camera {
            return Ok(vec![(VIDEO.to_owned(), kept)]);
        }
        let folder = from.unwrap_or(&kept);
        let sound = Kept::open(folder, &self.codec)?.ok_or_else(|| Error::Io {
            path: folder.join(INDEX),
            source: std::io::ErrorKind::NotFound.into(),
        })?;
        if sound.index.sample_rate != stream.sample_rate {
            return Err(Error::Archive {
                problem: format!("the sound of {} is of another sample rate", stream.id),
            });
        }
        let mut names = sound.names();
        names.push(INDEX.to_owned());
        Ok(names.into_iter().map(|name| (name.clone(), kept.join(name))).collect())
    }
}

/// Stores what was added to an interview while and after it was held.
async fn import_added(db: &impl ConnectionTrait, archive: &InterviewArchive) -> Result<(), Error> {
    let id = archive.interview.id;
    for row in &archive.outputs {
        output::Entity::insert(output::ActiveModel::from(row.clone()))
            .exec_without_returning(db)
            .await
            .map_err(Error::refused("output of", &id))?;
    }
    for row in &archive.corrections {
        given::insert_correction(db, id, row.clone()).await?;
    }
    for row in &archive.ratings {
        rating::Entity::insert(rating::ActiveModel::from(*row))
            .exec_without_returning(db)
            .await
            .map_err(Error::refused("rating of", &id))?;
    }
    for row in &archive.strikes {
        given::insert_strike(db, id, row.clone()).await?;
    }
    for row in &archive.consents {
        consent::Entity::insert(consent::ActiveModel::from(row.clone()))
            .exec_without_returning(db)
            .await
            .map_err(Error::refused("consent in", &id))?;
    }
    for row in &archive.derived {
        outputs::insert_derived(db, row).await?;
    }
    Ok(())
}

impl InterviewArchive {
    /// A copy in which the interview and all that is in it have new ids, the UUIDs `new` gives, so
    /// that it can be imported beside the first.
    ///
    /// # Errors
    /// [`Error::Archive`] when the archive cannot be written as JSON.
    pub fn with_fresh_ids(&self, mut new: impl FnMut() -> Uuid) -> Result<Self, Error> {
        let mut names = BTreeMap::new();
        let mut rename = |old: String, fresh: String| names.insert(old, fresh);
        let interview = self.interview.id;
        rename(interview.to_string(), InterviewId::from_uuid(new()).to_string());
        for row in &self.participants {
            rename(row.id.to_string(), ParticipantId::from_uuid(new()).to_string());
        }
        for row in &self.answers {
            rename(row.id.to_string(), AnswerId::from_uuid(new()).to_string());
        }
        for row in &self.turns {
            rename(row.id.to_string(), TurnId::from_uuid(new()).to_string());
        }
        for row in &self.streams {
            rename(row.stream.id.to_string(), StreamId::from_uuid(new()).to_string());
            rename(row.recording.id.to_string(), RecordingId::from_uuid(new()).to_string());
        }
        self.renamed(&names)
    }

    /// A copy that belongs to `person`.
    fn of_person(&self, person: PersonId) -> Result<Self, Error> {
        let owner = self.interview.person.to_string();
        let mut copy = self.renamed(&BTreeMap::from([(owner, person.to_string())]))?;
        for participant in &mut copy.participants {
            participant.person = participant.person.filter(|known| *known == person);
        }
        copy.consents.retain(|consent| consent.person == person);
        if copy.interview.state == InterviewState::Running {
            copy.interview.state = InterviewState::Aborted;
            let begun = copy.interview.started.unwrap_or(copy.interview.created);
            copy.interview.ended = Some(begun);
        }
        Ok(copy)
    }

    /// A copy in which every text that is, or holds, an old id has the new one.
    fn renamed(&self, names: &BTreeMap<String, String>) -> Result<Self, Error> {
        let fault = |error: serde_json::Error| Error::Archive { problem: error.to_string() };
        let mut json = serde_json::to_value(self).map_err(fault)?;
        rename_in(&mut json, names);
        serde_json::from_value(json).map_err(fault)
    }

    /// Checks that all of it belongs together, so that nothing in it can reach another interview.
    fn check(&self) -> Result<(), Error> {
        let members = Members {
            interview: self.interview.id,
            participants: self.participants.iter().map(|row| row.id).collect(),
            answers: self.answers.iter().map(|row| row.id).collect(),
            streams: self.streams.iter().map(|row| row.stream.id).collect(),
        };
        let problem = if self.version != ARCHIVE_VERSION {
            Some("it is of a version that this program cannot read")
        } else {
            self.foreign_ground(&members).or_else(|| self.foreign_results(&members))
        };
        match problem {
            Some(problem) => Err(Error::Archive { problem: problem.to_owned() }),
            None => Ok(()),
        }
    }

    /// What, of that which was said and recorded, names something outside of the archive.
    fn foreign_ground(&self, members: &Members) -> Option<&'static str> {
        let id = members.interview;
        if !self.participants.iter().all(|row| row.interview == id) {
            return Some("a participant is of another interview");
        }
        let answers_hold = self
            .answers
            .iter()
            .all(|row| row.interview == id && members.took_part(row.participant));
        if !answers_hold {
            return Some("an answer is of another interview");
        }
        let turns_hold = self.turns.iter().all(|row| {
            row.interview == id && members.took_part(row.participant) && members.knows(row.answer)
        });
        if !turns_hold {
            return Some("a turn is of another interview");
        }
        let streams_hold =
            self.streams.iter().all(|StreamArchive { stream, recording, .. }| {
                stream.interview == id
                    && recording.interview == id
                    && recording.stream == stream.id
                    && members.took_part(stream.participant)
                    && members.took_part(recording.participant)
            });
        let outputs_hold = self.outputs.iter().all(|row| {
            row.interview == id
                && members.took_part(row.participant)
                && members.knows(row.answer)
                && row.stream.is_none_or(|stream| members.streams.contains(&stream))
        });
        (!streams_hold || !outputs_hold).then_some("a recording is of another interview")
    }

    /// What, of that which was added to it later, names something outside of the archive.
    fn foreign_results(&self, members: &Members) -> Option<&'static str> {
        let id = members.interview;
        let corrections_hold = self
            .corrections
            .iter()
            .all(|row| members.answers.contains(&row.answer) && members.took_part(row.participant));
        let strikes_hold = self
            .strikes
            .iter()
            .all(|row| members.answers.contains(&row.answer) && members.took_part(row.participant));
        if !corrections_hold || !strikes_hold {
            return Some("a correction is of another interview");
        }
        let ratings_hold = self.ratings.iter().all(|row| {
            row.interview == id
                && row.value <= RATING_MAX
                && members.took_part(row.participant)
                && members.knows(row.answer)
        });
        if !ratings_hold {
            return Some("a rating is of another interview, or above 10");
        }
        let consents_hold = self.consents.iter().all(|row| {
            row.interview == Some(id) && row.participant.is_none_or(|who| members.took_part(who))
        });
        if !consents_hold {
            return Some("a consent is of another interview");
        }
        let subjects: BTreeSet<String> = self
            .answers
            .iter()
            .map(|row| row.id.to_string())
            .chain(self.turns.iter().map(|row| row.id.to_string()))
            .chain([id.to_string()])
            .collect();
        let derived_hold = self.derived.iter().all(|row| {
            row.interview == Some(id)
                && row.person == self.interview.person
                && subjects.contains(&row.subject)
        });
        (!derived_hold).then_some("a result is about another interview")
    }
}

/// The ids in an archive that other things in it may name.
struct Members {
    interview: InterviewId,
    participants: BTreeSet<ParticipantId>,
    answers: BTreeSet<AnswerId>,
    streams: BTreeSet<StreamId>,
}

impl Members {
    fn took_part(&self, participant: ParticipantId) -> bool {
        self.participants.contains(&participant)
    }

    fn knows(&self, answer: Option<AnswerId>) -> bool {
        answer.is_none_or(|id| self.answers.contains(&id))
    }
}

/// Length of a printed id.
const ID_CHARS: usize = 36;

fn rename_in(json: &mut Json, names: &BTreeMap<String, String>) {
    match json {
        Json::String(text) => {
            if let Some(renamed) = rename_text(text, names) {
                *text = renamed;
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| rename_in(item, names)),
        Json::Object(fields) => {
            for (mut name, mut value) in std::mem::take(fields) {
                if let Some(renamed) = rename_text(&name, names) {
                    name = renamed;
                }
                rename_in(&mut value, names);
                fields.insert(name, value);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// `text` with new names for the ids in it; `None` when there are none.
fn rename_text(text: &str, names: &BTreeMap<String, String>) -> Option<String> {
    if text.len() < ID_CHARS {
        return None;
    }
    if let Some(name) = names.get(text) {
        return Some(name.clone());
    }
    let mut renamed = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('_') {
        let found = at
            .checked_sub(3)
            .and_then(|start| rest.get(start..start + ID_CHARS).map(|id| (start, id)))
            .and_then(|(start, id)| names.get(id).map(|name| (start, name)));
        match found {
            Some((start, name)) => {
                renamed.push_str(&rest[..start]);
                renamed.push_str(name);
                rest = &rest[start + ID_CHARS..];
            }
            None => {
                renamed.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
            }
        }
    }
    renamed.push_str(rest);
    (renamed != text).then_some(renamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_renamed_wherever_they_stand() {
        let old = AnswerId::new(1, [1; 10]).to_string();
        let new = AnswerId::new(2, [2; 10]).to_string();
        let names = BTreeMap::from([(old.clone(), new.clone())]);
        for (text, wanted) in [
            (old.clone(), Some(new.clone())),
            (format!("clip/{old}/from_here"), Some(format!("clip/{new}/from_here"))),
            (format!("{old}{old}"), Some(format!("{new}{new}"))),
            (format!("ü_{old}"), Some(format!("ü_{new}"))),
            ("a long text_with many_underscores and no id in it".to_owned(), None),
        ] {
            assert_eq!(rename_text(&text, &names), wanted, "{text}");
        }
        let mut json = serde_json::json!({ old.clone(): [1, old], "x": null });
        rename_in(&mut json, &names);
        assert_eq!(json, serde_json::json!({ new.clone(): [1, new], "x": null }));
    }
}
