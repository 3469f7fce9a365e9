"""Makes one long recording, does with faster-whisper and Praat what `greenroom analyze` does with the
sound, and says what a program costs and how many words it got wrong.

`make` joins recordings with references, silence between them. `peer` recognises words with their times
and measures pitch, loudness, pauses and syllables. `cost` runs a program with one thread and says how
much processor time it took, start and loading of models included. `score` counts wrong, missing and
added words after the normalisation of Whisper's makers, which also takes out "um" and "uh".
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
import wave
from pathlib import Path

RATE = 16_000
PAUSE_S = 0.8
# No more threads than one, whichever library counts them.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def make(arguments):
    import numpy as np
    import parselmouth

    pieces, texts, length = [], [], 0
    whole = int(arguments.seconds * RATE)
    pause = np.zeros(int(PAUSE_S * RATE))
    for folder in ["librispeech", "verbatim"]:
        lines = (arguments.data / "speech" / folder / "refs.tsv").read_text().splitlines()
        for line in lines[1:]:
            cells = line.split("\t")
            path = arguments.data / "speech" / folder / cells[0]
            samples = parselmouth.Sound(str(path)).values.mean(axis=0)
            if length + len(samples) + len(pause) > whole:
                continue
            pieces += [samples, pause]
            texts.append(cells[-1])
            length += len(samples) + len(pause)
    samples = np.concatenate([*pieces, np.zeros(whole - length)])
    with wave.open(str(arguments.out), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(np.clip(samples, -1, 0.99997) * 32_768).astype("<i2").tobytes())
    arguments.out.with_suffix(".txt").write_text(" ".join(texts) + "\n")


def peer(arguments):
    from faster_whisper import WhisperModel

    sys.path.insert(0, str(Path(__file__).parent.parent / "delivery"))
    import praat

    model = WhisperModel(str(arguments.model), device="cpu", compute_type="int8", cpu_threads=1)
    segments, _ = model.transcribe(
        str(arguments.recording),
        language="en",
        beam_size=arguments.beams,
        word_timestamps=True,
        vad_filter=arguments.vad,
    )
    words = [word.word for segment in segments for word in segment.words]
    features = praat.measure(arguments.recording)
    arguments.out.write_text(json.dumps({"text": "".join(words), "features": features}) + "\n")


def cost(arguments):
    begin = time.monotonic()
    with open(arguments.out, "wb") as out:
        subprocess.run(
            arguments.command,
            check=True,
            stdout=out,
            env={**os.environ, **ONE_THREAD},
        )
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {
        "cpu_s": used.ru_utime + used.ru_stime,
        "wall_s": time.monotonic() - begin,
        "memory_mb": used.ru_maxrss / 1024,
    }
    print(json.dumps(figures))


def errors(reference, words):
    """The least number of words to change, put in or take out."""
    row = list(range(len(words) + 1))
    for i, expected in enumerate(reference, start=1):
        before, row[0] = row[0], i
        for j, word in enumerate(words, start=1):
            change = before + (expected != word)
            before, row[j] = row[j], min(change, row[j] + 1, row[j - 1] + 1)
    return row[-1]


def score(arguments):
    from whisper_normalizer.english import EnglishTextNormalizer

    normalise = EnglishTextNormalizer()
    # Marks of the reference ("<cutoff-...>", "[laughter]") are no words.
    marks = re.compile(r"<[^>]*>|\[[^\]]*\]")
    reference = normalise(marks.sub(" ", arguments.reference.read_text())).split()
    for path in arguments.said:
        said = json.loads(path.read_text())
        if "answers" in said:
            texts = [word["text"] for answer in said["answers"] for word in answer["words"]]
        else:
            texts = [said["text"]]
        words = normalise(" ".join(texts)).split()
        print(json.dumps({"errors": errors(reference, words), "words": len(reference)}))


def main():
    parser = argparse.ArgumentParser()
    tasks = parser.add_subparsers(required=True)
    task = tasks.add_parser("make")
    task.add_argument("--data", type=Path, required=True)
    task.add_argument("--out", type=Path, required=True)
    task.add_argument("--seconds", type=float, required=True)
    task.set_defaults(run=make)
    task = tasks.add_parser("peer")
    task.add_argument("--model", type=Path, required=True)
    task.add_argument("--recording", type=Path, required=True)
    task.add_argument("--out", type=Path, required=True)
    task.add_argument("--beams", type=int, required=True)
    task.add_argument("--vad", action="store_true")
    task.set_defaults(run=peer)
    task = tasks.add_parser("cost")
    task.add_argument("--out", type=Path, required=True)
    task.add_argument("command", nargs="+")
    task.set_defaults(run=cost)
    task = tasks.add_parser("score")
    task.add_argument("--reference", type=Path, required=True)
    task.add_argument("said", type=Path, nargs="+")
    task.set_defaults(run=score)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
