"""The demonstration's network learns by the gradient of its loss."""

import numpy as np
import pytest

from runtide.demo.mlp import Perceptron
from runtide.demo.network import LEARNING_RATE_MAX, WARM_UP_RATIO, accuracy_document, learning_rate

RNG_SEED = 7
STEP = 1e-6


def network_and_batch() -> tuple[Perceptron, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(RNG_SEED)
    network = Perceptron.random((4, 5, 3), rng)
    return network, rng.normal(size=(8, 4)), rng.integers(0, 3, 8)


@pytest.mark.parametrize(("layer", "row", "column"), [(0, 0, 0), (0, 3, 4), (1, 2, 1)])
def test_gradient_is_the_slope_of_the_loss(layer: int, row: int, column: int) -> None:
    """Compared with the difference quotient, as one checks every backpropagation."""
    network, inputs, labels = network_and_batch()
    before = network.weights[layer][row, column]
    losses = []
    for change in (STEP, -STEP):
        network.weights[layer][row, column] = before + change
        losses.append(network.evaluate(inputs, labels).loss)
    network.weights[layer][row, column] = before

    network.learn(inputs, labels, learning_rate=1.0, momentum=0.0)

    slope = before - network.weights[layer][row, column]
    assert slope == pytest.approx((losses[0] - losses[1]) / (2 * STEP), rel=1e-4, abs=1e-8)


def test_learning_lowers_the_loss() -> None:
    network, inputs, labels = network_and_batch()
    before = network.evaluate(inputs, labels).loss

    for _ in range(50):
        network.learn(inputs, labels, learning_rate=0.1, momentum=0.9)

    assert network.evaluate(inputs, labels).loss < before / 2


def test_learning_rate_rises_and_then_falls() -> None:
    assert learning_rate(WARM_UP_RATIO) == pytest.approx(LEARNING_RATE_MAX)
    assert learning_rate(0.0) < learning_rate(WARM_UP_RATIO / 2) < LEARNING_RATE_MAX
    assert LEARNING_RATE_MAX > learning_rate(0.5) > learning_rate(1.0) > 0.0


def test_outcomes_of_a_class_add_up_at_every_threshold() -> None:
    """Each sample is one of the four; how many are of the class does not hang on the threshold."""
    rng = np.random.default_rng(RNG_SEED)
    actual = rng.integers(0, 3, 40)
    probabilities = rng.dirichlet(np.ones(3), 40)

    data = accuracy_document(actual, probabilities)["data"]

    for tables in (data["probability_tables"], data["percentile_tables"]):
        for label, outcomes in enumerate(tables):
            assert {sum(outcome) for outcome in outcomes} == {40}
            assert {tp + fn for tp, _, _, fn in outcomes} == {int((actual == label).sum())}
