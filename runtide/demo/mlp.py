"""A multilayer perceptron in NumPy: softmax cross-entropy, backpropagation, momentum."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Labels: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Loss:
    """What one batch says: mean cross-entropy, and the share that was classified rightly."""

    loss: float
    accuracy_ratio: float


@dataclass(slots=True)
class Perceptron:
    """Fully connected layers with ReLU between them.

    `weights[i]` maps layer i to layer i + 1; `momenta` are the moving sums of their gradients.
    """

    weights: list[Floats]
    biases: list[Floats]
    momenta: list[Floats] = field(init=False)

    def __post_init__(self) -> None:
        self.momenta = [np.zeros_like(p) for p in self._parameters()]

    @classmethod
    def random(cls, sizes: Sequence[int], rng: np.random.Generator) -> Perceptron:
        """Return a network of layers of `sizes` with He-scaled random weights."""
        pairs = list(pairwise(sizes))
        return cls(
            weights=[rng.normal(0.0, np.sqrt(2.0 / n), (n, m)) for n, m in pairs],
            biases=[np.zeros(m) for _, m in pairs],
        )

    def logits(self, inputs: Floats) -> Floats:
        """Return one unnormalised log-probability a class for each row of `inputs`."""
        return self._activations(inputs)[-1]

    def evaluate(self, inputs: Floats, labels: Labels) -> Loss:
        """Return the loss over `inputs` without learning from them."""
        return _loss(_log_softmax(self.logits(inputs)), labels)

    def learn(
        self, inputs: Floats, labels: Labels, *, learning_rate: float, momentum: float
    ) -> tuple[Loss, float]:
        """Take one step of gradient descent.

        Returns:
            The loss before the step, and the Euclidean norm of its gradient.
        """
        activations = self._activations(inputs)
        log_probabilities = _log_softmax(activations[-1])
        gradients = self._gradients(activations, log_probabilities, labels)
        for parameter, gradient, moving in zip(
            self._parameters(), gradients, self.momenta, strict=True
        ):
            moving[...] = momentum * moving + gradient
            parameter[...] -= learning_rate * moving
        norm = float(np.sqrt(sum(float(np.sum(g * g)) for g in gradients)))
        return _loss(log_probabilities, labels), norm

    def _parameters(self) -> list[Floats]:
        return [*self.weights, *self.biases]

    def _activations(self, inputs: Floats) -> list[Floats]:
        activations = [inputs]
        last = len(self.weights) - 1
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            sums = activations[-1] @ weight + bias
            activations.append(sums if i == last else np.maximum(sums, 0.0))
        return activations

    def _gradients(
        self, activations: list[Floats], log_probabilities: Floats, labels: Labels
    ) -> list[Floats]:
        """Return the loss's gradient by each parameter, in the order of `_parameters`."""
        delta = np.exp(log_probabilities)
        delta[np.arange(len(labels)), labels] -= 1.0
        delta /= len(labels)
        of_weights: list[Floats] = []
        of_biases: list[Floats] = []
        for inputs, weight in zip(activations[-2::-1], self.weights[::-1], strict=True):
            of_weights.insert(0, inputs.T @ delta)
            of_biases.insert(0, delta.sum(axis=0))
            delta = (delta @ weight.T) * (inputs > 0.0)
        return [*of_weights, *of_biases]


def _log_softmax(logits: Floats) -> Floats:
    # Subtracting the largest logit first keeps exp() from overflowing.
    shifted: Floats = logits - logits.max(axis=1, keepdims=True)
    normalised: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return normalised


def _loss(log_probabilities: Floats, labels: Labels) -> Loss:
    rows = np.arange(len(labels))
    return Loss(
        loss=float(-log_probabilities[rows, labels].mean()),
        accuracy_ratio=float((log_probabilities.argmax(axis=1) == labels).mean()),
    )
