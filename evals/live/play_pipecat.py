"""Many candidates at once in front of Pipecat's analyzers, in real time on this machine.

Each candidate has what a Pipecat bot with local models has: Silero's voice activity and Smart Turn v3, as the pinned
package ships them, and a recogniser that is given each stretch of speech when voice activity says that it has stopped,
as its Whisper service does (faster-whisper with its defaults but for the language, int8). All share one process, one set
of weights of the recogniser, and one loop, as bots of one runner do. There is no language model: the reply is canned, lies
ready, does not wait for the transcript and is as long as `--reply`. Captions while somebody speaks are not made.

A candidate answers, hears the reply, waits 0.6 s, and gives the next answer. Dead air is from the last voiced sample
of an answer to the reply; a reply before that is a false cut-off and no dead air.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soxr
from faster_whisper import WhisperModel
from loguru import logger
from pipecat.audio.turn.base_turn_analyzer import EndOfTurnState
from pipecat.audio.turn.smart_turn.base_smart_turn import SmartTurnParams
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams, VADState

RATE = 16_000
CHUNK = RATE // 50


class Confident(LocalSmartTurnAnalyzerV3):
    """Smart Turn that says complete above another probability than 0.5."""

    confidence = 0.5

    def _predict_endpoint(self, audio_array):
        result = super()._predict_endpoint(audio_array)
        return {**result, "prediction": int(result["probability"] > self.confidence)}


def read(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
        return soxr.resample(sound, file.getframerate(), RATE)


class Candidate:
    """One line: a microphone that is always open, an ear, and a canned reply."""

    def __init__(self, arguments, answers, first, recognise):
        self.answers, self.next, self.recognise = answers, first, recognise
        self.reply_s = arguments.reply
        self.activity = SileroVADAnalyzer(sample_rate=RATE, params=VADParams(stop_secs=arguments.vad_stop))
        self.activity.set_sample_rate(RATE)
        self.analyzer = Confident(params=SmartTurnParams(stop_secs=arguments.stop))
        self.analyzer.confidence = arguments.confidence
        self.analyzer.set_sample_rate(RATE)
        self.analyzer.update_vad_start_secs(self.activity.params.start_secs)
        self.noise = np.random.default_rng(first)
        self.dead_air_s, self.words_s, self.cuts = [], [], 0
        self.waiting = set()

    async def hold(self, seconds: float) -> None:
        began = time.monotonic()
        saying, ends_s, begins_s, speaking = np.zeros(0, np.int16), None, 0.5, False
        speech = []
        for index in range(int(seconds * RATE / CHUNK)):
            now_s = (index + 1) * CHUNK / RATE
            wait = began + now_s - time.monotonic()
            # Whoever is late lets the others have their turn all the same.
            await asyncio.sleep(max(wait, 0))
            if begins_s is not None and now_s >= begins_s:
                voice, voiced = self.answers[self.next % len(self.answers)]
                self.next += 1
                saying, ends_s, begins_s = voice, now_s + voiced, None
            piece = (self.noise.standard_normal(CHUNK) * 16).astype(np.int16)
            part, saying = saying[:CHUNK], saying[CHUNK:]
            piece[: len(part)] += part
            sound = piece.tobytes()
            state = await self.activity.analyze_audio(sound)
            stopped = speaking and state == VADState.QUIET
            speaking = state == VADState.SPEAKING or (speaking and state != VADState.QUIET)
            if begins_s is not None:
                continue
            if speaking or stopped:
                speech.append(piece)
            complete = self.analyzer.append_audio(sound, speaking)
            if stopped:
                complete, _ = await self.analyzer.analyze_end_of_turn()
                self.hear(np.concatenate(speech))
                speech = []
            if complete == EndOfTurnState.COMPLETE:
                reply_s = time.monotonic() - began
                if reply_s < ends_s:
                    self.cuts += 1
                else:
                    self.dead_air_s.append(reply_s - ends_s)
                    begins_s = reply_s + self.reply_s + 0.6
                    speech = []
        await self.activity.cleanup()

    def hear(self, speech: np.ndarray) -> None:
        asked = time.monotonic()

        async def words():
            await self.recognise(speech)
            self.words_s.append(time.monotonic() - asked)

        task = asyncio.create_task(words())
        self.waiting.add(task)
        task.add_done_callback(self.waiting.discard)


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


async def play(arguments) -> dict:
    model = WhisperModel(str(arguments.model), device="cpu", compute_type="int8", cpu_threads=1, num_workers=arguments.workers)
    pool = ThreadPoolExecutor(max_workers=arguments.workers)

    def transcribe(speech):
        segments, _ = model.transcribe(speech.astype(np.float32) / 32_768, language="en")
        return list(segments)

    async def recognise(speech):
        return await asyncio.get_running_loop().run_in_executor(pool, transcribe, speech)

    answers = []
    for path in sorted(arguments.answers.glob("*.wav")):
        sound = read(path)
        loud = np.flatnonzero(np.abs(sound.astype(int)) > 0.0178 * np.abs(sound.astype(int)).max())
        answers.append((sound, (loud[-1] + 1) / RATE))
    candidates = [Candidate(arguments, answers, number, recognise) for number in range(arguments.number)]

    async def begin(number, candidate):
        await asyncio.sleep(1.7 * number)
        await candidate.hold(arguments.seconds)

    began, used = time.monotonic(), time.process_time()
    await asyncio.gather(*(begin(*pair) for pair in enumerate(candidates)))
    took, used = time.monotonic() - began, time.process_time() - used
    return {
        "dead_air_s": [value for candidate in candidates for value in candidate.dead_air_s],
        "words_s": [value for candidate in candidates for value in candidate.words_s],
        "words_waiting": sum(len(candidate.waiting) for candidate in candidates),
        "cuts": sum(candidate.cuts for candidate in candidates),
        "cores": used / took,
        "memory_bytes": resident_bytes(),
    }


def main() -> None:
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, required=True, help="candidates at once")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--answers", type=Path, required=True, help="folder of answers, mono")
    parser.add_argument("--model", type=Path, required=True, help="Whisper's folder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--reply", type=float, default=5.0, help="length of the interviewer's lines, seconds")
    parser.add_argument("--workers", type=int, default=2, help="stretches recognised at once")
    parser.add_argument("--vad-stop", type=float, default=0.2)
    parser.add_argument("--stop", type=float, default=3.0)
    parser.add_argument("--confidence", type=float, default=0.5)
    arguments = parser.parse_args()
    arguments.out.write_text(json.dumps(asyncio.run(play(arguments))) + "\n")


if __name__ == "__main__":
    main()
