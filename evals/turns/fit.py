"""Fits the weights of the turn end, and prints them.

`signs`: what each sign of an ending is worth, on the answers of the development half of evals/gold. A sentence is
an ending when it is the last of its answer, or when the labels hold it for the result or for what came of it.
`greenroom turns signs` says which signs a sentence shows.

`silences`: the other weights, on the development half of this set. Reads what `cargo xtask bench turns` left:
truth.json and decided.json, which has every silence, every 100 ms, as the conversation saw it. Every
silence counts alike at every moment that it reaches, so the result is the share of silences of this length and
sound that were the end. Speakers are left out one by one to see how much of it holds for somebody else.

Both are logistic regressions (iteratively reweighted, with a small ridge).
"""

import argparse
import json
import math
import re
import subprocess
from pathlib import Path

import numpy as np

GOLD = Path(__file__).parent.parent / "gold"
ENDINGS = ["unknown", "trailing", "half_said", "open", "complete", "closed"]
PLACES = ["beginning", "middle", "result_given"]
SOUND_LOGIT_MAX = 5.0
# Moments later than the longest pause of the set say nothing about pauses.
QUIET_MS_MAX = 6_000
RIDGE_SIGNS = 3.0
RIDGE_SILENCES = 1.0


def logit(probability: float) -> float:
    probability = min(max(probability, 0.001), 0.999)
    return math.log(probability / (1 - probability))


def row_of(moment: dict) -> list[float]:
    ending = "trailing" if moment["ending"] == "before_content" else moment["ending"]
    heard = max(-SOUND_LOGIT_MAX, min(SOUND_LOGIT_MAX, logit(moment["sound"])))
    return [
        1.0,
        heard,
        -math.log(max(moment["survival"], 1e-9)),
        moment["closing_logit"] if ending in ("open", "complete") else 0.0,
        *(float(ending == name) for name in ENDINGS),
        *(float(moment["place"] == name) for name in PLACES),
    ]


# What the development half has too few examples of, or only ones that a writer put there, stays a
# convention: captions nearly always end with a mark, and whoever answers a story's question in a few
# words is not always going on. The signs of an ending are in logits as they come.
FIXED = {"closing": 1.0, "unknown": -0.3, "half_said": -1.5, "open": -0.7, "closed": 1.0, "beginning": -1.4}

NAMES = ["bias", "sound", "silence", "closing", *ENDINGS, *PLACES]


def silences(folder: Path, half: str):
    truth = {one["id"]: one for one in json.loads((folder / "truth.json").read_text())}
    features, labels, speakers = [], [], []
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
            speakers.append(turn["speaker"])
    return np.array(features), np.array(labels), np.array(speakers)


def fit(features: np.ndarray, labels: np.ndarray, fixed: list[float | None], ridge: float) -> np.ndarray:
    """The weights; the first is that of the constant, and those that are fixed stay what they are."""
    weights = np.array([0.0 if value is None else value for value in fixed])
    penalty = np.full(len(weights), ridge)
    penalty[0] = 1e-6
    free = np.array([value is None for value in fixed])
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


def left_out(features, labels, groups, fixed, ridge) -> np.ndarray:
    """The logit of each row by the weights fitted without its group."""
    logits = np.zeros(len(labels))
    for group in np.unique(groups):
        inside = groups == group
        logits[inside] = features[inside] @ fit(features[~inside], labels[~inside], fixed, ridge)
    return logits


def loss_of(logits: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean(np.logaddexp(0, logits) - labels * logits))


def area_under(logits: np.ndarray, labels: np.ndarray) -> float:
    """The share of pairs in which the ending has the greater logit."""
    difference = logits[labels > 0][:, None] - logits[labels == 0][None, :]
    return float(((difference > 0) + 0.5 * (difference == 0)).mean())


def plain(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower()))


def sentences():
    """The sentences of the development half of the gold set, whether each is an ending, and its question."""
    lines = lambda name: [json.loads(line) for line in (GOLD / name).read_text().splitlines()]
    development = {one["id"] for one in lines("questions.jsonl") if one["split"] == "development"}
    labels = {one["id"]: one["parts"] for one in lines("labels/adjudicated.jsonl")}
    found = []
    for answer in lines("answers.jsonl"):
        if answer["question"] not in development:
            continue
        parts = labels[answer["id"]]
        told = [plain(quote) for part in ("result", "reflection") for quote in parts.get(part, [])]
        split = [one for one in re.split(r"(?<=[.!?])\s+", answer["text"]) if plain(one)]
        for index, sentence in enumerate(split):
            words = plain(sentence)
            ending = index + 1 == len(split) or any(quote in words or words in quote for quote in told)
            found.append((sentence, ending, answer["question"]))
    return found


def fit_signs(greenroom: str) -> None:
    found = sentences()
    text = "\n".join(sentence.replace("\n", " ") for sentence, _, _ in found)
    command = [greenroom, "turns", "signs"]
    printed = subprocess.run(command, input=text, capture_output=True, check=True, text=True).stdout
    signs = json.loads(printed)
    features = np.array([[1.0, *map(float, shown)] for shown in signs["shown"]])
    labels = np.array([float(ending) for _, ending, _ in found])
    questions = np.array([question for _, _, question in found])
    fixed = [None] * features.shape[1]
    weights = fit(features, labels, fixed, RIDGE_SIGNS)
    for name, weight in zip(signs["names"], weights[1:]):
        print(f"{name}: {weight:.2f}")
    print(f"mean: {(features[:, 1:] @ weights[1:]).mean():.3f}")
    area = area_under(left_out(features, labels, questions, fixed, RIDGE_SIGNS), labels)
    print(f"{len(labels)} sentences, {labels.sum():.0f} endings, area {area:.2f} left out by question")


def fit_silences(folder: Path) -> None:
    features, labels, speakers = silences(folder, "development")
    fixed = [FIXED.get(name) for name in NAMES]
    weights = fit(features, labels, fixed, RIDGE_SILENCES)
    for name, weight in zip(NAMES, weights):
        print(f"{name}: {weight:.2f}")
    apart = loss_of(left_out(features, labels, speakers, fixed, RIDGE_SILENCES), labels)
    print(f"development: {len(labels)} moments, log loss {loss_of(features @ weights, labels):.3f}, {apart:.3f} left out by speaker")
    features, labels, _ = silences(folder, "test")
    if len(labels) > 0:
        print(f"test: {len(labels)} moments, log loss {loss_of(features @ weights, labels):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, required=True, help="the folder that the bench left")
    parser.add_argument("--greenroom", default="greenroom", help="the program, which knows the signs")
    arguments = parser.parse_args()
    print("signs of an ending")
    fit_signs(arguments.greenroom)
    print("\nsilences")
    fit_silences(arguments.set)


if __name__ == "__main__":
    main()
