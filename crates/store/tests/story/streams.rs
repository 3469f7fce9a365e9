//! Frames under fire: killed writers, full disks, torn files, and what a bad network does to order.

use std::{
    fs::OpenOptions,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use store::sound::{
    AHEAD_FRAMES_MAX, Appender, Body, Error, Frame, Pushed, QUEUE_FRAMES_MAX, SAMPLES_MAX,
};

const RATE: u32 = 24_000;
/// Samples in each frame of these tests: 20 ms.
const SAMPLES: u64 = 480;
/// Tells the child processes where to write.
const CHILD_LOG: &str = "GREENROOM_TEST_CHILD_LOG";

fn sample(position: u64) -> i16 {
    (position.wrapping_mul(2_654_435_761) >> 7) as i16
}

fn frame(seq: u32) -> Frame {
    frame_at(seq, u64::from(seq) * SAMPLES)
}

fn frame_at(seq: u32, position: u64) -> Frame {
    let samples = (position..position + SAMPLES).map(sample).collect();
    Frame { seq, position, body: Body::Samples(samples) }
}

async fn open(path: &Path) -> Appender {
    Appender::open(path, RATE).await.expect("the log opens")
}

fn log() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("stream.pcm");
    (folder, path)
}

/// Writes frames as fast as they are taken and prints which are safe, until something stops it.
#[tokio::test]
#[ignore = "runs as a child process of the tests below"]
async fn child_that_writes() {
    let path = std::env::var_os(CHILD_LOG).expect("run by the other tests only");
    let appender = open(Path::new(&path)).await;
    let mut synced = appender.synced();
    let mut seq = synced.borrow().next_seq;
    loop {
        match appender.push(frame(seq)) {
            Ok(_) => seq += 1,
            Err(Error::Behind { .. }) => {
                synced.changed().await.expect("the writer lives");
                let state = synced.borrow_and_update().clone();
                let mut out = std::io::stdout().lock();
                match state.failing {
                    None => writeln!(out, "safe {}", state.next_seq),
                    Some(error) => writeln!(out, "failing {} {error}", state.next_seq),
                }
                .expect("the parent listens");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Starts the child through a shell that first runs `prepare`.
fn child(path: &Path, prepare: &str) -> Child {
    let this = std::env::current_exe().expect("the test program");
    Command::new("sh")
        .arg("-c")
        .arg(format!("{prepare} exec \"$0\" --ignored --exact --nocapture \"$1\""))
        .arg(this)
        .arg("streams::child_that_writes")
        .env(CHILD_LOG, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the child starts")
}

/// The child's lines that say how far it is safe, as (failing, first frame that is not safe).
fn reports(child: &mut Child) -> impl Iterator<Item = (bool, u32)> + use<> {
    let out = child.stdout.take().expect("piped");
    BufReader::new(out).lines().map_while(Result::ok).filter_map(|line| {
        let mut parts = line.split(' ');
        let failing = match parts.next()? {
            "safe" => false,
            "failing" => true,
            _ => return None,
        };
        Some((failing, parts.next()?.parse().ok()?))
    })
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    let (_folder, path) = log();
    let mut acknowledged = 0;
    for round in 1..=3 {
        let mut child = child(&path, "");
        let mut reports = reports(&mut child);
        let goal = acknowledged + 2 * QUEUE_FRAMES_MAX as u32;
        acknowledged = reports
            .by_ref()
            .map(|(_, next_seq)| next_seq)
            .find(|next_seq| *next_seq >= goal)
            .expect("the child writes");
        child.kill().expect("killed");
        acknowledged = reports.map(|(_, next_seq)| next_seq).last().unwrap_or(acknowledged);
        child.wait().expect("dead");

        let appender = open(&path).await;
        let state = appender.synced().borrow().clone();
        assert!(state.next_seq >= acknowledged, "round {round}: {state:?}, {acknowledged} said");
        assert_eq!(state.position, u64::from(state.next_seq) * SAMPLES);
        let sound = appender.read(0..state.position).await.expect("read");
        assert!(sound.iter().copied().eq((0..state.position).map(sample)), "round {round}");
        appender.close().await.expect("closed");
    }
}

#[tokio::test]
async fn a_full_disk_is_reported_and_acknowledges_nothing() {
    let (_folder, path) = log();
    // 512-byte blocks: a little over one queue of frames fits.
    let frame_bytes = SAMPLES as usize * 2 + 28;
    let blocks = QUEUE_FRAMES_MAX * frame_bytes * 3 / 2 / 512;
    let mut child = child(&path, &format!("trap '' XFSZ; ulimit -f {blocks};"));
    let mut safe = 0;
    let mut failed = 0;
    for (failing, next_seq) in reports(&mut child) {
        assert!(failed == 0 || next_seq == safe, "nothing is safe any more");
        safe = next_seq;
        failed += u32::from(failing);
        if failed == 2 {
            break;
        }
    }
    child.kill().expect("killed");
    child.wait().expect("dead");
    assert_eq!(failed, 2, "it says so, and tries again");
    assert!(safe > 0, "what fitted is safe");

    let appender = open(&path).await;
    let state = appender.synced().borrow().clone();
    assert!(state.next_seq >= safe);
    appender.push(frame(state.next_seq)).expect("taken, with room again");
    let after = appender.flush().await.expect("written");
    assert_eq!(after.next_seq, state.next_seq + 1);
    let sound = appender.read(0..after.position).await.expect("read");
    assert!(sound.iter().copied().eq((0..after.position).map(sample)));
}

#[tokio::test]
async fn frames_out_of_order_and_twice_make_one_stream() {
    let (_folder, path) = log();
    let appender = open(&path).await;
    for (seq, wanted, next_seq) in [
        (0, Pushed::Taken, 1),
        (0, Pushed::Duplicate, 1),
        (2, Pushed::Taken, 1),
        (3, Pushed::Taken, 1),
        (3, Pushed::Duplicate, 1),
        (1, Pushed::Taken, 4),
        (4, Pushed::Taken, 5),
    ] {
        let pushed = appender.push(frame(seq));
        assert!(matches!(&pushed, Ok(pushed) if *pushed == wanted), "frame {seq}: {pushed:?}");
        assert_eq!(appender.flush().await.expect("written").next_seq, next_seq, "frame {seq}");
    }
    let sound = appender.read(0..5 * SAMPLES).await.expect("read");
    assert!(sound.iter().copied().eq((0..5 * SAMPLES).map(sample)));
}

#[tokio::test]
async fn a_missing_frame_is_asked_for_again_after_a_restart() {
    let (_folder, path) = log();
    let appender = open(&path).await;
    for seq in [0, 1, 3, 4] {
        appender.push(frame(seq)).expect("taken");
    }
    assert_eq!(appender.close().await.expect("closed").next_seq, 2);
    let appender = open(&path).await;
    assert_eq!(appender.synced().borrow().next_seq, 2);
    assert_eq!(appender.push(frame(3)).expect("fine"), Pushed::Duplicate);
    assert_eq!(appender.push(frame(2)).expect("fine"), Pushed::Taken);
    assert_eq!(appender.flush().await.expect("written").next_seq, 5);
}

#[tokio::test]
async fn gaps_are_silence_and_positions_stay_true() {
    let (_folder, path) = log();
    let appender = open(&path).await;
    appender.push(frame(0)).expect("taken");
    let after_gap = Pushed::TakenAfterGap { from: SAMPLES, missing: 10 * SAMPLES };
    assert_eq!(appender.push(frame_at(1, 11 * SAMPLES)).expect("taken"), after_gap);
    // The sender lost frames 2 to 6 and says so.
    let lost = Frame { seq: 7, position: 20 * SAMPLES, body: Body::Lost };
    assert_eq!(appender.push(lost).expect("taken"), Pushed::Taken);
    let after_loss = Pushed::TakenAfterGap { from: 12 * SAMPLES, missing: 8 * SAMPLES };
    assert_eq!(appender.push(frame_at(7, 20 * SAMPLES)).expect("taken"), after_loss);
    assert_eq!(appender.close().await.expect("closed").next_seq, 8);

    let appender = open(&path).await;
    let state = appender.synced().borrow().clone();
    assert_eq!((state.next_seq, state.position), (8, 21 * SAMPLES));
    let sound = appender.read(0..22 * SAMPLES).await.expect("read");
    for (position, value) in sound.into_iter().enumerate() {
        let position = position as u64;
        let wanted = match position / SAMPLES {
            0 | 11 | 20 => sample(position),
            _ => 0,
        };
        assert_eq!(value, wanted, "sample {position}");
    }
}

#[tokio::test]
async fn frames_that_break_a_rule_are_refused() {
    let (_folder, path) = log();
    let appender = open(&path).await;
    appender.push(frame(0)).expect("taken");
    let long = Body::Samples(vec![0; SAMPLES_MAX + 1]);
    for (name, bad) in [
        ("empty", Frame { seq: 1, position: SAMPLES, body: Body::Samples(Vec::new()) }),
        ("too long", Frame { seq: 1, position: SAMPLES, body: long }),
        ("overlapping", frame_at(1, SAMPLES - 1)),
        ("years later", frame_at(1, 1 << 40)),
        ("hours later", frame_at(1, 48_000 * 3600 * 2)),
        ("far ahead", frame_at(AHEAD_FRAMES_MAX + 2, SAMPLES)),
        ("the last number", frame_at(u32::MAX, SAMPLES)),
        ("out of range", Frame { seq: 1, position: u64::MAX, body: Body::Lost }),
    ] {
        let refused = appender.push(bad);
        assert!(matches!(refused, Err(Error::Frame { .. })), "{name}: {refused:?}");
    }
    appender.push(frame(1)).expect("taken");
    assert_eq!(appender.flush().await.expect("written").next_seq, 2, "the stream goes on");
}

#[tokio::test]
async fn frames_are_safe_soon_without_being_asked() {
    let (_folder, path) = log();
    let appender = open(&path).await;
    let mut synced = appender.synced();
    for seq in 0..5 {
        let begun = Instant::now();
        appender.push(frame(seq)).expect("taken");
        synced.wait_for(|state| state.next_seq > seq).await.expect("safe");
        // 300 ms are promised; the rest is for a disk shared with other tests.
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn one_writer_at_a_time() {
    let (_folder, path) = log();
    let first = open(&path).await;
    assert!(matches!(Appender::open(&path, RATE).await, Err(Error::InUse { .. })));
    first.push(frame(0)).expect("taken");
    first.close().await.expect("closed");
    assert!(matches!(first.push(frame(1)), Err(Error::Closed)));
    assert!(matches!(Appender::open(&path, RATE + 1).await, Err(Error::NotALog { .. })));
    assert_eq!(open(&path).await.synced().borrow().next_seq, 1);
}

#[tokio::test]
async fn what_was_taken_is_written_when_nobody_holds_the_stream() {
    let (_folder, path) = log();
    let appender = open(&path).await;
    let mut synced = appender.synced();
    for seq in 0..100 {
        appender.push(frame(seq)).expect("taken");
    }
    drop(appender);
    synced.wait_for(|state| state.next_seq == 100).await.expect("safe");
    while synced.changed().await.is_ok() {}
    assert_eq!(open(&path).await.synced().borrow().next_seq, 100);
}

/// A log of ten frames, as bytes.
async fn ten_frames(path: &Path) -> Vec<u8> {
    let appender = open(path).await;
    for seq in 0..10 {
        appender.push(frame(seq)).expect("taken");
    }
    appender.close().await.expect("closed");
    std::fs::read(path).expect("the log")
}

#[tokio::test]
async fn a_torn_tail_is_cut_off_wherever_it_is_torn() {
    let (_folder, path) = log();
    let whole = ten_frames(&path).await;
    let frame_bytes = (whole.len() - 16) / 10;
    let lengths = [0, 7, 16, 17, 16 + frame_bytes - 1, 16 + frame_bytes, whole.len() - 1];
    for length in lengths {
        std::fs::write(&path, &whole[..length]).expect("torn");
        let appender = open(&path).await;
        let there = length.saturating_sub(16) / frame_bytes;
        assert_eq!(appender.synced().borrow().next_seq as usize, there, "{length} bytes");
        appender.push(frame(there as u32)).expect("taken");
        let after = appender.close().await.expect("closed");
        assert_eq!(after.next_seq as usize, there + 1, "{length} bytes");
    }
    let mut zeros = whole.clone();
    zeros.extend([0; 5000]);
    std::fs::write(&path, &zeros).expect("torn");
    assert_eq!(open(&path).await.synced().borrow().next_seq, 10, "zeros after power loss");
}

#[tokio::test]
async fn damage_in_the_middle_costs_one_frame() {
    let (_folder, path) = log();
    let whole = ten_frames(&path).await;
    let frame_bytes = (whole.len() - 16) / 10;
    for at in [0, 9, 21, 27, 28, frame_bytes - 1] {
        let mut damaged = whole.clone();
        damaged[16 + 4 * frame_bytes + at] ^= 0x10;
        std::fs::write(&path, &damaged).expect("damaged");
        let appender = open(&path).await;
        let state = appender.synced().borrow().clone();
        assert_eq!((state.next_seq, state.position), (4, 10 * SAMPLES), "byte {at}");
        let sound = appender.read(0..10 * SAMPLES).await.expect("read");
        for (position, value) in sound.into_iter().enumerate() {
            let position = position as u64;
            let wanted = if position / SAMPLES == 4 { 0 } else { sample(position) };
            assert_eq!(value, wanted, "byte {at}, sample {position}");
        }
        appender.push(frame(4)).expect("taken");
        assert_eq!(appender.close().await.expect("closed").next_seq, 10, "byte {at}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_log_is_left_alone() {
    let (_folder, path) = log();
    let text = b"these are somebody's notes, and no sound";
    let mut file = OpenOptions::new().create_new(true).write(true).open(&path).expect("made");
    file.write_all(text).expect("written");
    assert!(matches!(Appender::open(&path, RATE).await, Err(Error::NotALog { .. })));
    assert_eq!(std::fs::read(&path).expect("there"), text);
}
