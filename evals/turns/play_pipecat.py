"""Plays the set to Pipecat's voice activity (Silero) and turn end (Smart Turn v3), in the time of the samples.

The real analyzers of the pinned package run as its turn-stop strategy runs them without a wait for a
transcript: audio in pieces of 20 ms, one question to Smart Turn at each stop of the voice, the turn
over when it says complete or after `stop_secs` of silence. What a call costs is its processor time
on this machine, added to the time of the samples. The clock that the analyzer reads is the samples'.

Writes, for each turn and each wait of voice activity, every stop of the voice with its time, the
probability, the cost, and when the voice was heard again. `xtask` applies thresholds to that. As
everywhere in this bench, a stop is judged as if the ones before it had been judged rightly, so the
sound of the whole turn stays in the analyzer's buffer.
"""

import argparse
import asyncio
import hashlib
import json
import sys
import time
import wave
from pathlib import Path

from loguru import logger
from pipecat.audio.turn.base_turn_analyzer import EndOfTurnState
from pipecat.audio.turn.smart_turn import base_smart_turn
from pipecat.audio.turn.smart_turn.base_smart_turn import SmartTurnParams
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams, VADState

RATE = 16_000
CHUNK = RATE // 50
# Waits of voice activity that are tried, seconds; the first is the default.
VAD_STOPS = [0.2, 0.4, 0.8]


class Clock:
    """The time of the samples, in place of the machine's."""

    def __init__(self):
        self.now = 1.0

    def monotonic(self):
        return self.now

    def perf_counter(self):
        return time.perf_counter()

    def time(self):
        return self.now


def read(path: Path) -> bytes:
    with wave.open(str(path)) as file:
        return file.readframes(file.getnframes())


class Confident(LocalSmartTurnAnalyzerV3):
    """Smart Turn that says complete above another probability than 0.5."""

    confidence = 0.5

    def _predict_endpoint(self, audio_array):
        result = super()._predict_endpoint(audio_array)
        return {**result, "prediction": int(result["probability"] > self.confidence)}


def new_analyzer(stop_secs: float, confidence: float = 0.5) -> Confident:
    analyzer = Confident(params=SmartTurnParams(stop_secs=stop_secs))
    analyzer.confidence = confidence
    analyzer.set_sample_rate(RATE)
    return analyzer


def states_of(sound: bytes, params: VADParams) -> tuple[list[bool], float]:
    """Whether voice activity holds after each piece, and the processor seconds it took a piece."""
    activity = SileroVADAnalyzer(sample_rate=RATE, params=params)
    activity.set_sample_rate(RATE)
    speaking, states = False, []
    began = time.thread_time()
    for at in range(0, len(sound) - 2 * CHUNK + 1, 2 * CHUNK):
        state = activity._run_analyzer(sound[at : at + 2 * CHUNK])
        # A voice that is stopping still holds, one that is starting does not yet.
        if state == VADState.SPEAKING:
            speaking = True
        elif state == VADState.QUIET:
            speaking = False
        states.append(speaking)
    return states, (time.thread_time() - began) / max(1, len(states))


def stops_of(sound: bytes, stop_secs: float, clock: Clock, analyzer: Confident) -> list[dict]:
    params = VADParams(stop_secs=stop_secs)
    states, piece_cost = states_of(sound, params)
    analyzer.clear()
    analyzer.update_vad_start_secs(params.start_secs)
    analyzer._speech_triggered = False
    stops, before = [], False
    for index, speaking in enumerate(states):
        at_s = (index + 1) * CHUNK / RATE
        clock.now = 1.0 + at_s
        analyzer.append_audio(sound[2 * CHUNK * index : 2 * CHUNK * (index + 1)], speaking)
        if speaking and not before and stops:
            stops[-1]["again_s"] = at_s
        if before and not speaking:
            buffer = analyzer._audio_buffer
            began = time.thread_time()
            _, result = analyzer._process_speech_segment(buffer)
            cost = time.thread_time() - began + piece_cost
            stops.append({"at_s": at_s, "probability": result.probability, "cost_s": cost, "again_s": None})
        before = speaking
    return stops


def trace(folder: Path, out: Path) -> None:
    clock = Clock()
    base_smart_turn.time = clock
    # The silence after which the analyzer gives up by itself is applied afterwards.
    analyzer = new_analyzer(1e6)
    # What was measured before, on the same sound, is not measured again.
    kept = {one["sound"]: one["traces"] for one in json.loads(out.read_text())} if out.exists() else {}
    turns = []
    for one in json.loads((folder / "truth.json").read_text()):
        sound = read(folder / one["file"])
        digest = hashlib.sha256(sound).hexdigest()
        traces = kept.get(digest) or [
            {"vad_stop_s": wait, "stops": stops_of(sound, wait, clock, analyzer)} for wait in VAD_STOPS
        ]
        turns.append({"id": one["id"], "sound": digest, "traces": traces})
    out.write_text(json.dumps(turns, indent=1) + "\n")


async def live_turn(sound: bytes, end_s: float, vad_stop_s: float, analyzer: Confident) -> list[float]:
    """When replies would begin, seconds from the first sample, in real time."""
    activity = SileroVADAnalyzer(sample_rate=RATE, params=VADParams(stop_secs=vad_stop_s))
    activity.set_sample_rate(RATE)
    analyzer.update_vad_start_secs(activity.params.start_secs)
    replies, speaking = [], False
    began = time.monotonic()
    for index, at in enumerate(range(0, len(sound) - 2 * CHUNK + 1, 2 * CHUNK)):
        wait = began + (index + 1) * CHUNK / RATE - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        piece = sound[at : at + 2 * CHUNK]
        state = await activity.analyze_audio(piece)
        stopped = speaking and state == VADState.QUIET
        speaking = state == VADState.SPEAKING or speaking and state != VADState.QUIET
        complete = analyzer.append_audio(piece, speaking)
        if stopped:
            complete, _ = await analyzer.analyze_end_of_turn()
        if complete == EndOfTurnState.COMPLETE:
            replies.append(time.monotonic() - began)
            if replies[-1] >= end_s:
                break
    await activity.cleanup()
    return replies


def live(folder: Path, out: Path, ids: list[str], vad_stop_s: float, stop_s: float, confidence: float) -> None:
    turns = {one["id"]: one for one in json.loads((folder / "truth.json").read_text())}
    results = []
    for name in ids:
        sound = read(folder / turns[name]["file"])
        analyzer = new_analyzer(stop_s, confidence)
        replies = asyncio.run(live_turn(sound, turns[name]["end_s"], vad_stop_s, analyzer))
        results.append({"id": name, "replies_s": replies})
    out.write_text(json.dumps(results, indent=1) + "\n")


def main() -> None:
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["trace", "live"])
    parser.add_argument("--set", type=Path, required=True, help="the rendered set")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--ids", default="", help="turns for `live`, with commas between")
    parser.add_argument("--vad-stop", type=float, default=0.2)
    parser.add_argument("--stop", type=float, default=3.0)
    parser.add_argument("--confidence", type=float, default=0.5)
    arguments = parser.parse_args()
    if arguments.task == "trace":
        trace(arguments.set, arguments.out)
    else:
        ids = [name for name in arguments.ids.split(",") if name]
        live(arguments.set, arguments.out, ids, arguments.vad_stop, arguments.stop, arguments.confidence)


if __name__ == "__main__":
    main()
