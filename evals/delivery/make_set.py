"""Lists the recordings that Greenroom and Praat both measure, and makes the worse ones of them.

Each recording is written as it is (16 kHz, mono, 16 bits). Those of wide band that last at least 6 s
are also written with white noise 20 dB below their speech, through a telephone's band and code, 12 dB
louder and softer, and through Opus at 16 kbit/s. `set.json` says which is which. Only recordings of
the part "test" give figures; "development" is what thresholds were set on.
"""

import argparse
import json
import subprocess
import wave
from pathlib import Path

import numpy as np
import parselmouth

RATE = 16_000
LONG_S = 6.0
# Every so many recordings, words are recognised in the worse ones too, and a quick set has one.
WORDS_EVERY = 4
QUICK_EVERY = 9


def listed(data: Path):
    """All recordings with their folder and part, in a fixed order."""
    for folder in ["librispeech", "verbatim"]:
        lines = (data / "speech" / folder / "refs.tsv").read_text().splitlines()
        for number, line in enumerate(lines, start=1):
            if number > 1 and line:
                test = folder == "librispeech" or number % 2 == 0
                yield folder, line.split("\t")[0], "test" if test else "development"
    for folder in ["meetings", "telephone", "spontaneous"]:
        for path in sorted((data / "speech" / folder).glob("*.wav")):
            yield folder, path.name, "development" if folder == "spontaneous" else "test"


def read(path: Path) -> np.ndarray:
    sound = parselmouth.Sound(str(path))
    if sound.sampling_frequency != RATE:
        sound = sound.resample(RATE)
    return sound.values.mean(axis=0)


def write(path: Path, samples: np.ndarray):
    """At 16 bits; what is above full scale is cut off, as a sound card does."""
    whole = np.clip(np.round(samples * 32_768), -32_768, 32_767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(whole.tobytes())


def noisy(samples: np.ndarray, seed: int) -> np.ndarray:
    """White noise, 20 dB below the mean power of the louder half of all pieces of 20 ms."""
    pieces = samples[: len(samples) // 320 * 320].reshape(-1, 320)
    power = np.sort((pieces**2).mean(axis=1))
    speech = power[len(power) // 2 :].mean()
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    return samples + noise * np.sqrt(speech / 100)


def telephone(samples: np.ndarray) -> np.ndarray:
    """300 to 3400 Hz, 8 kHz, eight bits by the mu-law of G.711."""
    length = len(samples) // 2 * 2
    spectrum = np.fft.rfft(samples[:length])
    hertz = np.fft.rfftfreq(length, 1 / RATE)
    # Edges of 100 Hz, inside which the level falls like a cosine.
    rise = np.clip((hertz - 250) / 100, 0, 1)
    fall = np.clip((3_450 - hertz) / 100, 0, 1)
    spectrum *= (0.5 - 0.5 * np.cos(np.pi * rise)) * (0.5 - 0.5 * np.cos(np.pi * fall))
    at_8_khz = np.fft.irfft(spectrum[: length // 4 + 1], length // 2) / 2
    code = np.sign(at_8_khz) * np.log1p(255 * np.abs(np.clip(at_8_khz, -1, 1))) / np.log(256)
    code = np.round(code * 127) / 127
    decoded = np.sign(code) * np.expm1(np.abs(code) * np.log(256)) / 255
    padded = np.zeros(length // 2 + 1, complex)
    padded[: length // 4 + 1] = np.fft.rfft(decoded)
    return np.fft.irfft(padded, length) * 2


def opus(source: Path, target: Path):
    """There and back at 16 kbit/s, constant, as for speech; the coded one stays beside it."""
    packed = target.with_suffix(".opus")
    encode = "-c:a libopus -b:a 16k -vbr off -application voip".split()
    quiet = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
    subprocess.run([*quiet, "-i", source, *encode, packed], check=True)
    back = ["-ar", str(RATE), "-ac", "1", "-c:a", "pcm_s16le"]
    subprocess.run([*quiet, "-i", packed, *back, target], check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    recordings = []

    def add(clean, condition, folder, part, words):
        name = f"{clean}.{condition}"
        # Greenroom reads the code itself, Praat what became of it.
        kind = "opus" if condition == "opus" else "wav"
        row = {"id": name, "file": f"{name}.{kind}", "decoded": f"{name}.wav"}
        row |= {"clean": clean, "condition": condition}
        recordings.append({**row, "folder": folder, "part": part, "words": words})
        return out / f"{name}.wav"

    for index, (folder, file, part) in enumerate(listed(arguments.data)):
        if arguments.quick and index % QUICK_EVERY:
            continue
        samples = read(arguments.data / "speech" / folder / file)
        name = f"{folder}-{Path(file).stem}"
        long = len(samples) >= LONG_S * RATE
        plain = add(name, "clean", folder, part, long and not arguments.quick)
        write(plain, samples)
        if not long or folder in ["meetings", "telephone"]:
            continue
        words = index % WORDS_EVERY == 0 and not arguments.quick
        write(add(name, "noise", folder, part, words), noisy(samples, index))
        write(add(name, "telephone", folder, part, words), telephone(samples))
        write(add(name, "louder", folder, part, words), samples * 10 ** (12 / 20))
        write(add(name, "softer", folder, part, words), samples * 10 ** (-12 / 20))
        opus(plain, add(name, "opus", folder, part, words))
    (out / "set.json").write_text(json.dumps(recordings, indent=1) + "\n")


if __name__ == "__main__":
    main()
