"""Fits the weights of the turn end on the development half, and prints them.

Reads what `cargo xtask bench turns` left: truth.json and decided.json, which has every silence, every
100 ms, as the conversation saw it. A logistic regression (iteratively reweighted, with a small ridge)
over the same terms that crates/conversation/src/turn_end.rs adds up. Every silence counts alike at every moment that it
reaches, so the result is the share of silences of this length and sound that were the end.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np

ENDINGS = ["unknown", "trailing", "half_said", "open", "complete", "closed"]
PLACES = ["beginning", "middle", "result_given"]
SOUND_LOGIT_MAX = 5.0
# Moments later than the longest pause of the set say nothing about pauses.
QUIET_MS_MAX = 6_000
RIDGE = 1.0


def logit(probability: float) -> float:
    probability = min(max(probability, 0.001), 0.999)
    return math.log(probability / (1 - probability))


def row_of(moment: dict) -> list[float]:
    ending = "trailing" if moment["ending"] == "before_content" else moment["ending"]
    sound = moment["sound"]
    heard = max(-SOUND_LOGIT_MAX, min(SOUND_LOGIT_MAX, logit(sound)))
    return [
        1.0,
        heard,
        -math.log(max(moment["survival"], 1e-9)),
        *(float(ending == name) for name in ENDINGS),
        *(float(moment["place"] == name) for name in PLACES),
    ]


# What the development half has too few examples of, or only ones that a writer put there, stays a
# convention: captions nearly always end with a mark, and whoever answers a story's question in a few
# words is not always going on.
FIXED = {"unknown": -0.3, "half_said": -1.5, "open": -0.7, "closed": 1.0, "beginning": -1.4}

NAMES = ["bias", "sound", "silence", *ENDINGS, *PLACES]


def rows(folder: Path, half: str):
    truth = {one["id"]: one for one in json.loads((folder / "truth.json").read_text())}
    features, labels, turns = [], [], []
    for one in json.loads((folder / "decided.json").read_text()):
        turn = truth[one["id"]]
        if turn["half"] != half or turn["long"]:
            continue
        for moment in one["moments"]:
            after = moment["at_s"] >= turn["end_s"]
            # Without the sound model's word the conventional weights decide.
            if moment["sound"] is None or moment["quiet_ms"] > QUIET_MS_MAX:
                continue
            if after and not turn["ended"]:
                continue
            features.append(row_of(moment))
            labels.append(float(after))
            turns.append(one["id"])
    return np.array(features), np.array(labels), turns


def fit(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    weights = np.array([FIXED.get(name, 0.0) for name in NAMES])
    penalty = np.full(len(NAMES), RIDGE)
    penalty[0] = 1e-6
    free = np.array([name not in FIXED for name in NAMES])
    for _ in range(50):
        probability = 1 / (1 + np.exp(-features @ weights))
        spread = np.maximum(probability * (1 - probability), 1e-6)
        gradient = features.T @ (labels - probability) - penalty * weights
        hessian = (features * spread[:, None]).T @ features + np.diag(penalty)
        step = np.linalg.solve(hessian[np.ix_(free, free)], gradient[free])
        weights[free] += step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, required=True, help="the folder that the bench left")
    arguments = parser.parse_args()
    features, labels, _ = rows(arguments.set, "development")
    weights = fit(features, labels)
    for name, weight in zip(NAMES, weights):
        print(f"{name}: {weight:.2f}")
    for half in ("development", "test"):
        features, labels, _ = rows(arguments.set, half)
        if len(labels) == 0:
            continue
        probability = 1 / (1 + np.exp(-features @ weights))
        loss = -np.mean(labels * np.log(probability) + (1 - labels) * np.log(1 - probability))
        print(f"{half}: {len(labels)} moments, log loss {loss:.3f}")


if __name__ == "__main__":
    main()
