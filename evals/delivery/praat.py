"""What Praat measures in the recordings of a set, for comparison.

Pitch: To Pitch (ac) with its default costs, between 60 and 500 Hz, every 10 ms, read at the middles of
Greenroom's frames. Intensity: To Intensity (100 Hz) at the same times. Silences: To TextGrid (silences)
on an intensity of 50 Hz, 25 dB below the 99% quantile of the intensity, sounding for at least 0.1 s.
Syllables: peaks of that intensity above that threshold, at least 2 dB above the dip after them, in a
sounding and voiced place (de Jong and Wempe, 2009, Behavior Research Methods 41).
"""

import argparse
import json
from pathlib import Path

import numpy as np
import parselmouth
from parselmouth.praat import call

SILENCE_DB = -25
SILENT_S_MIN = 0.25
# The shortest that may be a pause when a difference of 50 ms is none.
SILENT_S_NEARLY = 0.2
SOUNDING_S_MIN = 0.1
DIP_DB = 2
# From Praat's reference (20 micropascal) to full scale.
FULL_SCALE_DB = 20 * np.log10(2e-5)


def nearest(values, first_s, step_s, at_s):
    """The values of the frames nearest to these times; nan beyond the ends."""
    places = np.round((at_s - first_s) / step_s).astype(int)
    inside = (places >= 0) & (places < len(values))
    return np.where(inside, values[np.clip(places, 0, len(values) - 1)], np.nan)


def sounding(sound, silent_s):
    """Sounding spans, apart by this much, the intensity, and the threshold below which it is silent."""
    intensity = sound.to_intensity(minimum_pitch=50)
    levels = intensity.values[0]
    loudest, loud = levels.max(), call(intensity, "Get quantile", 0, 0, 0.99)
    threshold = max(loud + SILENCE_DB, levels.min())
    below = SILENCE_DB - (loudest - loud)
    grid = call(
        intensity, "To TextGrid (silences)", below, silent_s, SOUNDING_S_MIN, "silent", "sounding"
    )
    spans = []
    for number in range(1, call(grid, "Get number of intervals", 1) + 1):
        if call(grid, "Get label of interval", 1, number) == "sounding":
            start = call(grid, "Get starting point", 1, number)
            spans.append([start, call(grid, "Get end point", 1, number)])
    return spans, intensity, threshold


def syllables(sound, spans, intensity, threshold):
    """How many syllable nuclei there are."""
    levels, times = intensity.values[0], intensity.xs()
    inner = levels[1:-1]
    peaks = np.flatnonzero((inner > levels[:-2]) & (inner >= levels[2:])) + 1
    peaks = [peak for peak in peaks if levels[peak] > threshold]
    pitch = sound.to_pitch_ac(0.02, 30, 4, False, 0.03, 0.25, 0.01, 0.35, 0.25, 450)
    count = 0
    for place, peak in enumerate(peaks):
        # The dip after a peak parts it from the next one; the last peak stands by itself.
        after = peaks[place + 1] if place + 1 < len(peaks) else len(levels) - 1
        parted = levels[peak] - levels[peak : after + 1].min() > DIP_DB
        sounding = any(start <= times[peak] <= end for start, end in spans)
        voiced = not np.isnan(pitch.get_value_at_time(times[peak]))
        count += parted and sounding and voiced
    return int(count)


def measure(path: Path):
    sound = parselmouth.Sound(str(path))
    at_s = np.arange(int(sound.duration * 100)) * 0.01 + 0.005
    pitch = sound.to_pitch_ac(0.01, 60, 15, False, 0.03, 0.45, 0.01, 0.35, 0.14, 500)
    f0_hz = nearest(pitch.selected_array["frequency"], pitch.x1, pitch.dx, at_s)
    intensity = sound.to_intensity(minimum_pitch=100, time_step=0.01)
    level_db = nearest(intensity.values[0], intensity.x1, intensity.dx, at_s) + FULL_SCALE_DB
    spans, coarse, threshold = sounding(sound, SILENT_S_MIN)
    nearly, *_ = sounding(sound, SILENT_S_NEARLY)
    return {
        "seconds": sound.duration,
        "f0_hz": [round(float(x), 3) for x in np.nan_to_num(f0_hz)],
        "level_db": [None if np.isnan(x) else round(float(x), 3) for x in level_db],
        "speech_s": spans,
        "nearly_s": nearly,
        "syllables": syllables(sound, spans, coarse, threshold),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    recordings = json.loads((arguments.set / "set.json").read_text())
    measured = [
        {"id": one["id"], **measure(arguments.set / one["decoded"])} for one in recordings
    ]
    arguments.out.write_text(json.dumps(measured) + "\n")


if __name__ == "__main__":
    main()
