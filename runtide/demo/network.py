"""The second job: a neural network learns handwritten digits, and every step is logged."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split

from runtide.demo.mlp import Perceptron

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from runtide.demo.mlp import Floats, Labels
    from runtide.demo.witness import Witness

HIDDEN_SIZES: Final = (128, 64)
BATCH_SIZE: Final = 64
LEARNING_RATE_MAX: Final = 0.01
MOMENTUM: Final = 0.9
NOISE_SCALE: Final = 0.25
"""Standard deviation of what is added to each pixel of [0, 1], so that there is more to learn."""

WARM_UP_RATIO: Final = 0.05
"""Share of the time in which the learning rate rises, before it falls along a cosine."""

_CLASS_COUNT: Final = 10
_PIXEL_MAX: Final = 16.0
_THRESHOLD_COUNT: Final = 21


@dataclass(frozen=True, slots=True)
class _Split:
    train_images: Floats
    test_images: Floats
    train_labels: Labels
    test_labels: Labels


def train(
    witness: Witness, folder: Path, *, duration_s: float, on_progress: Callable[[float], None]
) -> None:
    """Train for about `duration_s` and log losses, learning rate and gradient norm at every step.

    The last epoch is finished, so that there is at least one.

    Args:
        witness: The run to log to.
        folder: Where the weights are made before they are uploaded.
        duration_s: When to stop.
        on_progress: Called after each epoch with the share of the time that has passed.
    """
    split = _split()
    rng = np.random.default_rng(0)
    network = Perceptron.random((split.train_images.shape[1], *HIDDEN_SIZES, _CLASS_COUNT), rng)
    witness.set_config(
        {
            "hidden_sizes": list(HIDDEN_SIZES),
            "batch_size": BATCH_SIZE,
            "learning_rate_max": LEARNING_RATE_MAX,
            "momentum": MOMENTUM,
            "noise_scale": NOISE_SCALE,
        }
    )
    witness.tag("model", "perceptron")
    started_s = time.monotonic()
    step = epoch = 0
    progress = 0.0
    while progress < 1.0:
        for images, labels in _batches(split, rng):
            progress = min(1.0, (time.monotonic() - started_s) / duration_s)
            _learn(witness, network, images, labels, step=step, progress=progress)
            step += 1
        epoch += 1
        tested = network.evaluate(split.test_images, split.test_labels)
        witness.log("validation/loss", tested.loss, step=step)
        witness.log("validation/accuracy", tested.accuracy_ratio, step=step)
        on_progress(progress)
    witness.log("epochs", epoch)
    _log_results(witness, network, split, folder)


def learning_rate(progress: float) -> float:
    """Return the rate after the share `progress` of the time: a linear rise, then a cosine."""
    if progress < WARM_UP_RATIO:
        return LEARNING_RATE_MAX * (0.1 + 0.9 * progress / WARM_UP_RATIO)
    fallen = (progress - WARM_UP_RATIO) / (1.0 - WARM_UP_RATIO)
    return LEARNING_RATE_MAX * (0.01 + 0.99 * (1.0 + math.cos(math.pi * fallen)) / 2.0)


def _learn(
    witness: Witness,
    network: Perceptron,
    images: Floats,
    labels: Labels,
    *,
    step: int,
    progress: float,
) -> None:
    rate = learning_rate(progress)
    seen, norm = network.learn(images, labels, learning_rate=rate, momentum=MOMENTUM)
    witness.log("train/loss", seen.loss, step=step)
    witness.log("train/accuracy", seen.accuracy_ratio, step=step)
    witness.log("train/gradient norm", norm, step=step)
    witness.log("train/learning rate", rate, step=step)


def _split() -> _Split:
    images, labels = load_digits(return_X_y=True)
    return _Split(*train_test_split(images / _PIXEL_MAX, labels, test_size=0.2, random_state=0))


def _batches(split: _Split, rng: np.random.Generator) -> Iterator[tuple[Floats, Labels]]:
    order = rng.permutation(len(split.train_labels))
    for start in range(0, len(order) - BATCH_SIZE + 1, BATCH_SIZE):
        chosen = order[start : start + BATCH_SIZE]
        images = split.train_images[chosen]
        yield images + rng.normal(0.0, NOISE_SCALE, images.shape), split.train_labels[chosen]


def _log_results(witness: Witness, network: Perceptron, split: _Split, folder: Path) -> None:
    logits = network.logits(split.test_images)
    predicted = logits.argmax(axis=1)
    witness.log_table(
        "predictions", {"actual": split.test_labels.tolist(), "predicted": predicted.tolist()}
    )
    witness.log_chart("confusion matrix", _confusion_document(split.test_labels, predicted))
    witness.log_chart("accuracy table", accuracy_document(split.test_labels, _softmax(logits)))
    weights = folder / "weights.npz"
    np.savez(weights, *network.weights, *network.biases)
    witness.upload_file("outputs/weights.npz", weights)


def _confusion_document(actual: Labels, predicted: Labels) -> dict[str, Any]:
    return {
        "schema_type": "confusion_matrix",
        "schema_version": "1.0.0",
        "data": {
            "class_labels": [str(digit) for digit in range(_CLASS_COUNT)],
            "matrix": confusion_matrix(actual, predicted, labels=range(_CLASS_COUNT)).tolist(),
        },
    }


def accuracy_document(actual: Labels, probabilities: Floats) -> dict[str, Any]:
    """Return the accuracy table: true and false positives and negatives of each class.

    They are counted at thresholds of the probability, and at thresholds of its percentile.
    """
    thresholds = np.linspace(0.0, 1.0, _THRESHOLD_COUNT)
    classes = range(probabilities.shape[1])
    return {
        "schema_type": "accuracy_table",
        "schema_version": "1.0.1",
        "data": {
            "probability_tables": [
                _outcomes(actual == c, probabilities[:, c], thresholds) for c in classes
            ],
            "percentile_tables": [
                _outcomes(
                    actual == c, probabilities[:, c], np.quantile(probabilities[:, c], thresholds)
                )
                for c in classes
            ],
            "probability_thresholds": thresholds.tolist(),
            "percentile_thresholds": thresholds.tolist(),
            "class_labels": [str(c) for c in classes],
        },
    }


def _outcomes(
    is_actual: NDArray[np.bool_], probabilities: Floats, thresholds: Floats
) -> list[list[int]]:
    """Return true positives, false positives, true negatives, false negatives a threshold."""
    said = [probabilities >= threshold for threshold in thresholds]
    return [
        [
            int((is_actual & yes).sum()),
            int((~is_actual & yes).sum()),
            int((~is_actual & ~yes).sum()),
            int((is_actual & ~yes).sum()),
        ]
        for yes in said
    ]


def _softmax(logits: Floats) -> Floats:
    powers: Floats = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares
