//! The story: somebody practises, stops in the middle, goes on, reads the report, takes it all
//! elsewhere, and deletes it.

use std::{collections::BTreeSet, path::Path};

use interview::{JobId, Language, PersonId, Span, Speaker, Word};
use jiff::SignedDuration;
use serde_json::json;
use store::{
    Anchor, AnchorReason, Consent, Derived, Dismissal, Error, InterviewArchive, InterviewState,
    JobState, NewJob, Output, Rating, RatingOf, Step, Store, StreamKind, Strike,
    sound::{Body, Frame, Pushed},
};
use uuid::Uuid;

use crate::scene::{
    self, SECRET, answer, answer_id, at, interview, itv, participant, person, question,
    recording_id, stream, stream_id, turn,
};

/// Tells it on the database at `url`, with files in `data`.
pub(crate) async fn tell(url: &str, data: &Path) {
    let store = open(url, data).await;
    let me = somebody_comes(&store).await;
    an_interview_is_held_and_interrupted(&store, me).await;
    drop(store);
    let store = open(url, data).await;
    it_goes_on_after_a_restart(&store, me).await;
    sound_and_video_are_kept(&store).await;
    results_are_kept(&store, me).await;
    work_is_done_once(&store, &open(url, data).await, me).await;
    speech_is_cached(&store).await;
    a_weak_answer_is_retaken(&store, me).await;
    it_is_taken_elsewhere(&store, me).await;
    it_is_deleted(&store, data, me).await;
}

async fn open(url: &str, data: &Path) -> Store {
    Store::open(url, data, scene::codec()).await.expect("the store opens")
}

async fn somebody_comes(store: &Store) -> PersonId {
    let me = store.local_person(person(1), at(0)).await.expect("a person");
    let again = store.local_person(person(2), at(1)).await.expect("a person");
    assert_eq!(me, again, "there is one local person");
    store.rename_person(me.id, "Ada\0").await.expect("renamed");
    assert_eq!(store.person(me.id).await.expect("there").name, "Ada");
    assert_eq!(store.persons().await.expect("listed").len(), 1);

    assert_eq!(store.settings(me.id).await.expect("none yet"), json!({}));
    let settings = json!({ "theme": "dark", "off": ["gaze"], "odd": "\u{0}" });
    store.save_settings(me.id, &settings).await.expect("saved");
    assert_eq!(store.settings(me.id).await.expect("there"), settings);

    let mut goal = scene::goal(1, me.id);
    store.save_goal(&goal, at(2)).await.expect("saved");
    goal.role = "Harbour master".to_owned();
    store.save_goal(&goal, at(3)).await.expect("replaced");
    assert_eq!(store.goals(me.id).await.expect("listed"), [goal.clone()]);
    let other = store::Person { id: person(3), name: "Bo".into(), local: false, created: at(4) };
    store.add_person(&other).await.expect("a second person");
    let stolen = interview::Goal { person: other.id, ..goal.clone() };
    let error = store.save_goal(&stolen, at(5)).await.expect_err("another's goal");
    assert!(matches!(error, Error::Conflict { what: "goal", .. }), "{error}");
    store.save_goal(&scene::goal(2, me.id), at(6)).await.expect("a second goal");
    store.delete_goal(scene::goal_id(2)).await.expect("removed");
    let error = store.delete_goal(scene::goal_id(2)).await.expect_err("it is gone");
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    assert_eq!(store.goal(goal.id).await.expect("the first stays"), goal);

    let dismissal =
        Dismissal { person: me.id, step: "try_voice".into(), interview: None, at: at(7) };
    for _ in 0..2 {
        store.dismiss(&dismissal).await.expect("dismissed, once or twice");
    }
    assert_eq!(store.dismissals(me.id).await.expect("listed"), [dismissal]);
    me.id
}

async fn an_interview_is_held_and_interrupted(store: &Store, me: PersonId) {
    let (planned, participants) = interview(1, me);
    store.add_interview(&planned, &participants).await.expect("stored");
    let error = store.add_interview(&planned, &participants).await.expect_err("twice");
    assert!(matches!(error, Error::Conflict { what: "interview", .. }), "{error}");
    assert_eq!(store.interview(itv(1)).await.expect("there"), planned);
    assert_eq!(store.participants(itv(1)).await.expect("there"), participants);
    assert!(store.interrupted().await.expect("listed").is_empty(), "it has not begun");
    store.start_interview(itv(1), at(10)).await.expect("begun");

    let consent = Consent {
        person: me,
        interview: Some(itv(1)),
        participant: Some(participant(2)),
        what: "record_camera".to_owned(),
        language: Language::default(),
        given: true,
        at: at(11),
    };
    store.add_consent(&consent).await.expect("agreed");
    assert_eq!(store.consents(me).await.expect("listed"), [consent]);

    let first = Step {
        opened: vec![answer(1, 1)],
        turns: vec![
            interview::Turn {
                speaker: Speaker::Interviewer,
                participant: participant(3),
                ..turn(1, 1, 0, None)
            },
            turn(2, 1, 1, Some(answer_id(1))),
        ],
        closed: Vec::new(),
        snapshot: Some(json!({ "at": 1, "pending": SECRET })),
    };
    store.record(itv(1), &first, at(12)).await.expect("recorded");

    let clashing = Step {
        opened: vec![answer(2, 1)],
        turns: vec![turn(3, 1, 1, None)],
        snapshot: Some(json!({ "at": 2 })),
        ..Step::default()
    };
    let error = store.record(itv(1), &clashing, at(13)).await.expect_err("the place is taken");
    assert!(matches!(error, Error::Conflict { what: "turn", .. }), "{error}");
    let dangling = Step { turns: vec![turn(3, 1, 2, Some(answer_id(9)))], ..Step::default() };
    let error = store.record(itv(1), &dangling, at(13)).await.expect_err("no such answer");
    assert!(matches!(error, Error::Dangling { what: "turn", .. }), "{error}");
    assert_eq!(store.answers(itv(1)).await.expect("listed").len(), 1, "all or nothing");
    assert_eq!(store.turns(itv(1)).await.expect("listed"), first.turns);
}

async fn it_goes_on_after_a_restart(store: &Store, me: PersonId) {
    let interrupted = store.interrupted().await.expect("listed");
    assert_eq!(interrupted.len(), 1);
    assert_eq!((interrupted[0].answers, interrupted[0].turns), (1, 2));
    let snapshot = store.snapshot(itv(1)).await.expect("there");
    assert_eq!(snapshot, Some(json!({ "at": 1, "pending": SECRET })), "the last whole step");
    store.start_interview(itv(1), at(20)).await.expect("it goes on");
    let started = store.interview(itv(1)).await.expect("there").started;
    assert_eq!(started, Some(at(10)), "its clock goes on too");

    let last = Step {
        turns: vec![turn(3, 1, 2, Some(answer_id(1)))],
        closed: vec![(answer_id(1), 9_000_000)],
        snapshot: Some(json!({ "at": 2 })),
        ..Step::default()
    };
    store.record(itv(1), &last, at(21)).await.expect("recorded");
    let closed = store.answer(answer_id(1)).await.expect("there");
    assert_eq!(closed, store::AnswerRecord { closed_us: Some(9_000_000), ..answer(1, 1) });
    let turns = store.turns_of(answer_id(1)).await.expect("listed");
    assert_eq!(turns, [turn(2, 1, 1, Some(answer_id(1))), turn(3, 1, 2, Some(answer_id(1)))]);

    let running = store.end_interview(itv(1), InterviewState::Running, at(30)).await;
    assert!(matches!(running, Err(Error::OutOfRange { .. })));
    store.end_interview(itv(1), InterviewState::Ended, at(30)).await.expect("ended");
    store.end_interview(itv(1), InterviewState::Aborted, at(31)).await.expect("it stays ended");
    let listed = store.interviews_of(me).await.expect("listed");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].interview.state, InterviewState::Ended);
    assert_eq!(listed[0].interview.ended, Some(at(30)));
    assert!(store.interrupted().await.expect("listed").is_empty());
    assert!(matches!(store.start_interview(itv(9), at(31)).await, Err(Error::NotFound { .. })));
}

/// 2.5 minutes of a slow ramp, in frames of half a second.
const FRAMES: u32 = 300;
const FRAME_SAMPLES: u64 = 12_000;

fn ramp(position: u64) -> i16 {
    (position / 7 % 30_000) as i16
}

async fn sound_and_video_are_kept(store: &Store) {
    store.add_stream(&stream(1, 1, StreamKind::Microphone)).await.expect("a microphone");
    let early = Anchor { position: 0, at_us: 250_000, reason: AnchorReason::Start };
    let late = Anchor { position: 240_000, at_us: 10_250_900, reason: AnchorReason::Interval };
    for anchor in [late, early] {
        store.add_anchor(stream_id(1), anchor).await.expect("an anchor");
    }
    assert_eq!(store.anchors(stream_id(1)).await.expect("listed"), [early, late]);
    let microphone = store.stream(stream_id(1)).await.expect("there");
    let timeline = store.timeline(&microphone).await.expect("a clock");
    assert_eq!(timeline.time_us(24_000), 1_250_000);

    let appender = store.appender(stream_id(1)).await.expect("open");
    for seq in 0..FRAMES {
        let position = u64::from(seq) * FRAME_SAMPLES;
        let samples = (position..position + FRAME_SAMPLES).map(ramp).collect();
        let frame = Frame { seq, position, body: Body::Samples(samples) };
        assert_eq!(appender.push(frame).expect("taken"), Pushed::Taken);
        if seq % 100 == 99 {
            appender.flush().await.expect("written");
        }
    }
    let end = u64::from(FRAMES) * FRAME_SAMPLES;
    assert_eq!(store.sound_samples(stream_id(1)).await.expect("counted"), end);
    let clip = 1_439_990..1_440_010;
    let wanted: Vec<i16> = clip.clone().map(ramp).collect();
    assert_eq!(store.read_sound(stream_id(1), clip.clone()).await.expect("read"), wanted);
    let early = store.export_interview(itv(1)).await.expect_err("still open");
    assert!(matches!(early, Error::StillWriting { .. }), "{early}");

    let unfinished = store.unfinished_streams().await.expect("listed");
    assert_eq!(unfinished, [microphone], "its interview is over");
    let recording =
        store.finish_stream(stream_id(1), recording_id(1), at(40)).await.expect("finished");
    let again = store.finish_stream(stream_id(1), recording_id(2), at(41)).await.expect("twice");
    assert_eq!(recording, again);
    assert!(appender.push(Frame { seq: FRAMES, position: end, body: Body::Lost }).is_err());
    assert!(matches!(
        store.appender(stream_id(1)).await,
        Err(Error::Sound(store::sound::Error::Finished { .. }))
    ));
    let files = std::fs::read_dir(store.recording_path(&recording)).expect("a folder").count();
    assert_eq!(files, 4, "three files for 2.5 minutes, and the index");
    assert_eq!(store.read_sound(stream_id(1), clip).await.expect("read"), wanted);
    let over = store.read_sound(stream_id(1), end - 2..end + 2).await.expect("read");
    assert_eq!(over, [ramp(end - 2), ramp(end - 1), 0, 0]);
    assert_eq!(store.sound_samples(stream_id(1)).await.expect("counted"), end);
    assert!(store.read_sound(stream_id(1), 0..u64::MAX).await.is_err(), "more than one call reads");

    store.add_stream(&stream(2, 1, StreamKind::Camera)).await.expect("a camera");
    let camera = store.appender(stream_id(2)).await.expect("open");
    for seq in [1, 0, 2, 1] {
        let body = Body::Chunk(format!("<{seq}>").into_bytes());
        camera.push(Frame { seq, position: u64::from(seq) * 1_000_000, body }).expect("taken");
    }
    drop(camera);
    let video = store.finish_stream(stream_id(2), recording_id(2), at(42)).await.expect("finished");
    assert_eq!(std::fs::read(store.recording_path(&video)).expect("a file"), b"<0><1><2>");
    assert_eq!(video.media_type, "video/webm;codecs=vp8,opus");
    assert_eq!(store.recordings(itv(1)).await.expect("listed"), [recording, video]);
}

async fn results_are_kept(store: &Store, me: PersonId) {
    let output = Output {
        interview: itv(1),
        participant: participant(2),
        answer: Some(answer_id(1)),
        stream: Some(stream_id(1)),
        kind: "words".to_owned(),
        engine: "scripted 1".to_owned(),
        model: "none".to_owned(),
        model_sha256: Some("00".repeat(32)),
        language: Language("en-GB".to_owned()),
        span: Some(Span::new(0, 5)),
        body: json!([{ "text": SECRET }]),
        created: at(50),
    };
    let captions = Output { kind: "captions".to_owned(), answer: None, ..output.clone() };
    store.add_output(&captions).await.expect("stored");
    store.add_output(&output).await.expect("stored");
    let all = store.outputs(itv(1), None).await.expect("listed");
    assert_eq!(all, [captions, output.clone()]);
    assert_eq!(store.outputs_of(answer_id(1), "words").await.expect("listed"), [output]);

    let words = [Word::untimed("corrected")];
    for version in 1..=2 {
        let stored = store
            .add_correction(answer_id(1), participant(2), &Language::default(), &words, at(51))
            .await;
        assert_eq!(stored.expect("stored"), version);
    }
    let corrections = store.corrections(answer_id(1)).await.expect("listed");
    assert_eq!(corrections.iter().map(|row| row.version).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(corrections[1].words, words);

    let rating = Rating {
        interview: itv(1),
        participant: participant(2),
        answer: None,
        of: RatingOf::Peak,
        value: 10,
        created: at(52),
    };
    store.add_rating(&rating).await.expect("rated");
    let beyond = store.add_rating(&Rating { value: 11, ..rating }).await;
    assert!(matches!(beyond, Err(Error::OutOfRange { .. })));
    assert_eq!(store.ratings(itv(1)).await.expect("listed"), [rating]);

    let strike = Strike {
        answer: answer_id(1),
        participant: participant(2),
        text: "um".to_owned(),
        span: Some(Span::new(3, 4)),
        word: None,
        struck: true,
        created: at(53),
    };
    let back = Strike { struck: false, word: Some(1), ..strike.clone() };
    store.add_strike(&strike).await.expect("struck");
    store.add_strike(&back).await.expect("put back");
    assert_eq!(store.strikes(answer_id(1)).await.expect("listed"), [strike, back]);

    let derived = Derived {
        subject: answer_id(1).to_string(),
        kind: "report".to_owned(),
        key: "k1".to_owned(),
        person: me,
        interview: Some(itv(1)),
        body: json!({ "answer": answer_id(1), "quote": SECRET, "level": 2.5 }),
        problems: vec!["no sound".to_owned()],
        created: at(54),
    };
    let newer = Derived { key: "k2".to_owned(), created: at(55), ..derived.clone() };
    let fixed = Derived { problems: Vec::new(), ..derived.clone() };
    for row in [&derived, &newer, &fixed] {
        store.put_derived(row).await.expect("stored");
    }
    let subject = derived.subject.as_str();
    let found = store.derived(subject, "report", "k1").await.expect("read");
    assert_eq!(found, Some(fixed.clone()), "computed again, it replaces itself");
    let latest = store.derived_latest(subject, "report").await.expect("read");
    assert_eq!(latest, Some(newer.clone()));
    assert_eq!(store.derived(subject, "report", "k3").await.expect("read"), None);
    assert_eq!(store.derived_of(itv(1)).await.expect("listed"), [fixed.clone(), newer.clone()]);
    assert_eq!(store.derived_by_kind(me, "report").await.expect("listed"), [fixed, newer.clone()]);
    let second = Derived { subject: answer_id(2).to_string(), interview: None, ..newer.clone() };
    store.put_derived(&second).await.expect("stored");
    let before = async |subject: &str, most| {
        store.derived_before(me, "report", subject, most).await.expect("listed")
    };
    let third = answer_id(3).to_string();
    assert_eq!(before(&third, 2).await, [second.clone(), newer.clone()], "the latest about each");
    assert_eq!(before(&third, 1).await, std::slice::from_ref(&second));
    assert_eq!(before(&second.subject, 2).await, [newer]);
    assert!(before(subject, 2).await.is_empty());
    let across = Derived {
        subject: me.to_string(),
        interview: None,
        kind: "progress".to_owned(),
        ..derived
    };
    store.put_derived(&across).await.expect("stored");
}

fn new_job(number: u8, me: PersonId, subject: &str) -> NewJob {
    NewJob {
        id: JobId::new(u64::from(number), [number; 10]),
        person: me,
        interview: Some(itv(1)),
        kind: "score_answer".to_owned(),
        subject: subject.to_owned(),
        body: json!({ "n": number }),
        run_after: at(60 + i64::from(number)),
    }
}

async fn work_is_done_once(store: &Store, other: &Store, me: PersonId) {
    const KINDS: &[&str] = &["score_answer"];
    let lease = SignedDuration::from_secs(30);
    assert!(store.enqueue(&new_job(1, me, "a"), at(60)).await.expect("queued"));
    assert!(!store.enqueue(&new_job(2, me, "a"), at(60)).await.expect("it waits already"));
    assert!(store.enqueue(&new_job(3, me, "b"), at(60)).await.expect("queued"));
    assert!(store.claim_job(KINDS, at(60), lease).await.expect("asked").is_none(), "none is due");
    assert!(store.claim_job(&["other"], at(99), lease).await.expect("asked").is_none());

    let (one, two, three) = tokio::join!(
        store.claim_job(KINDS, at(70), lease),
        other.claim_job(KINDS, at(70), lease),
        store.claim_job(KINDS, at(70), lease),
    );
    let claimed: Vec<_> =
        [one, two, three].into_iter().filter_map(|job| job.expect("asked")).collect();
    let subjects: BTreeSet<_> = claimed.iter().map(|job| job.subject.as_str()).collect();
    assert_eq!((claimed.len(), subjects.len()), (2, 2), "each job is given once");
    let job = |subject| claimed.iter().find(|job| job.subject == subject).expect("claimed").clone();
    let (a, b) = (job("a"), job("b"));
    assert_eq!((a.state, a.attempts), (JobState::Running, 1));

    store.extend_job(&a, at(90), lease).await.expect("extended");
    let late =
        other.claim_job(KINDS, at(110), lease).await.expect("asked").expect("b is due again");
    assert_eq!((late.subject.as_str(), late.attempts), ("b", 2));
    let lost = store.finish_job(&b).await.expect_err("somebody else has it");
    assert!(matches!(lost, Error::LeaseLost { .. }), "{lost}");
    other.finish_job(&late).await.expect("done");
    assert!(other.finish_job(&late).await.is_err(), "only once");

    store.fail_job(&a, "no model", Some(at(200))).await.expect("noted");
    assert!(store.claim_job(KINDS, at(199), lease).await.expect("asked").is_none());
    let a = store.claim_job(KINDS, at(200), lease).await.expect("asked").expect("due");
    assert_eq!((a.attempts, a.last_error.as_deref()), (2, Some("no model")));
    assert_eq!(store.requeue_running_jobs().await.expect("requeued"), 1);
    let a = store.claim_job(KINDS, at(201), lease).await.expect("asked").expect("due");
    store.fail_job(&a, "gave up", None).await.expect("noted");
    let jobs = store.jobs_of(itv(1)).await.expect("listed");
    let states: Vec<_> = jobs.iter().map(|job| (job.subject.as_str(), job.state)).collect();
    assert_eq!(states, [("a", JobState::Failed), ("b", JobState::Done)]);
    assert_eq!(store.jobs_about("a").await.expect("listed").len(), 1);
}

async fn speech_is_cached(store: &Store) {
    store.put_speech("line", None, b"hello".to_vec(), at(0)).await.expect("kept");
    store.put_speech("probe", Some(itv(1)), SECRET.into(), at(1)).await.expect("kept");
    store.put_speech("old", None, vec![1; 50], at(-9)).await.expect("kept");
    assert_eq!(store.speech("line", at(1)).await.expect("read"), Some(b"hello".to_vec()));
    assert!(store.has_speech("probe").await.expect("asked"));
    assert_eq!(store.speech("none", at(1)).await.expect("read"), None);
    for key in ["", "../escape", "a/b", &"x".repeat(129)] {
        let refused = store.put_speech(key, None, Vec::new(), at(0)).await;
        assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{key}");
    }
    assert_eq!(store.trim_speech(60).await.expect("trimmed"), 1);
    assert!(!store.has_speech("old").await.expect("asked"), "the one not used for the longest");
    assert_eq!(store.trim_speech(60).await.expect("trimmed"), 0);
}

async fn a_weak_answer_is_retaken(store: &Store, me: PersonId) {
    let (mut retake, participants) = interview(2, me);
    retake.retake_of = Some(answer_id(1));
    store.add_interview(&retake, &participants).await.expect("stored");
    let retakes = store.retakes_of(answer_id(1)).await.expect("listed");
    assert_eq!(retakes.len(), 1);
    assert_eq!(retakes[0].interview, retake);
    let listed = store.interviews_of(me).await.expect("listed");
    let ids: Vec<_> = listed.iter().map(|summary| summary.interview.id).collect();
    assert_eq!(ids, [itv(2), itv(1)], "the newest first");
}

/// Where the files of an exported archive are gathered.
fn unpacked(files: &[store::ArchiveFile]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in files {
        let to = folder.path().join(&file.name);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        assert_eq!(std::fs::copy(&file.path, to).expect("copied"), file.bytes);
    }
    folder
}

async fn it_is_taken_elsewhere(store: &Store, me: PersonId) {
    let (archive, files) = store.export_interview(itv(1)).await.expect("exported");
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    let sound = ["0000.flac", "0001.flac", "0002.flac", "index.json"];
    let sound = sound.map(|name| format!("stream-0/{name}"));
    assert_eq!(names[..4], sound);
    assert_eq!(names[4..], ["stream-1/video"]);
    let text = serde_json::to_string(&archive).expect("JSON");
    let read: InterviewArchive = serde_json::from_str(&text).expect("JSON");
    assert_eq!(read, archive);
    let folder = unpacked(&files);

    let twice = store.import_interview(&read, folder.path(), me).await.expect_err("it is here");
    assert!(matches!(twice, Error::Conflict { what: "interview", .. }), "{twice}");
    assert!(store.export_interview(itv(1)).await.is_ok(), "and stays as it was");

    let mut number = 100;
    let fresh = read.with_fresh_ids(|| {
        number += 1;
        Uuid::from_u128(number)
    });
    let fresh = fresh.expect("renamed");
    assert!(!serde_json::to_string(&fresh).expect("JSON").contains(&itv(1).to_string()));
    let thief = interview::AnswerId::new(77, [7; 10]);
    let mut tampered = fresh.clone();
    tampered.derived[0].subject = thief.to_string();
    let refused = store.import_interview(&tampered, folder.path(), me).await;
    assert!(matches!(refused, Err(Error::Archive { .. })), "{refused:?}");
    let nowhere = store.import_interview(&fresh, &folder.path().join("none"), me).await;
    assert!(matches!(nowhere, Err(Error::Io { .. })), "{nowhere:?}");

    store.import_interview(&fresh, folder.path(), person(3)).await.expect("imported");
    let (copy, copied) = store.export_interview(fresh.interview.id).await.expect("exported");
    assert_eq!(copy.interview.person, person(3), "whose it is now");
    assert_eq!(copy.turns, fresh.turns);
    assert_eq!(copy.answers, fresh.answers);
    assert_eq!(copy.corrections, fresh.corrections);
    assert_eq!(copy.derived[0].body, fresh.derived[0].body);
    assert_eq!(copied.len(), files.len());
    for (file, original) in copied.iter().zip(&files) {
        assert_eq!(file.name, original.name);
        let (here, there) = (std::fs::read(&file.path), std::fs::read(&original.path));
        assert_eq!(here.expect("a file"), there.expect("a file"));
    }
    let clip = store.read_sound(fresh.streams[0].stream.id, 7_000..7_003).await.expect("read");
    assert_eq!(clip, [1000, 1000, 1000]);
}

/// Every file under a folder that holds the secret.
fn holding_secret(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding_secret(&path));
        } else if std::fs::read(&path)
            .is_ok_and(|bytes| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()))
        {
            found.push(path.display().to_string());
        }
    }
    found
}

async fn it_is_deleted(store: &Store, data: &Path, me: PersonId) {
    assert_eq!(holding_secret(data).len(), 1, "the cached probe is on disk");
    store.delete_interview(itv(1)).await.expect("deleted");
    let gone = store.delete_interview(itv(1)).await.expect_err("twice");
    assert!(matches!(gone, Error::NotFound { what: "interview", .. }), "{gone}");
    assert!(!data.join("streams").join(itv(1).to_string()).exists());
    assert!(holding_secret(data).is_empty());
    assert!(!store.has_speech("probe").await.expect("asked"));
    assert!(store.has_speech("line").await.expect("asked"), "the program's own lines stay");
    assert!(store.jobs_about("a").await.expect("listed").is_empty());
    assert!(store.derived_by_kind(me, "report").await.expect("listed").is_empty());
    assert!(store.derived_by_kind(me, "progress").await.expect("listed").is_empty());
    assert!(store.answer(answer_id(1)).await.is_err());
    assert_eq!(store.interview(itv(2)).await.expect("the retake stays").plan.items.len(), 1);
    assert_eq!(question(), store.interview(itv(2)).await.expect("there").plan.items[0].question);

    store.add_stream(&stream(3, 2, StreamKind::Microphone)).await.expect("a microphone");
    let writing = store.appender(stream_id(3)).await.expect("open");
    let frame = Frame { seq: 0, position: 0, body: Body::Samples(vec![1; 480]) };
    writing.push(frame.clone()).expect("taken");
    store.delete_everything(me).await.expect("deleted");
    assert!(writing.push(Frame { seq: 1, position: 480, ..frame }).is_err(), "it is closed");
    assert!(matches!(store.person(me).await, Err(Error::NotFound { .. })));
    assert!(store.interviews_of(me).await.expect("listed").is_empty());
    assert!(store.goals(me).await.expect("listed").is_empty());
    let copies = store.interviews_of(person(3)).await.expect("listed");
    assert_eq!(copies.len(), 1, "another person's things stay");
    store.delete_everything(person(3)).await.expect("deleted");
    let left = std::fs::read_dir(data.join("streams")).expect("a folder").count();
    assert_eq!(left, 0, "no stream is left");
}
