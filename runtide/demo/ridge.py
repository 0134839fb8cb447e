"""The first job: ridge regression on the diabetes data, one child run for each alpha."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import train_test_split

from runtide.demo.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

ALPHAS: Final = tuple(round(0.05 * i, 2) for i in range(1, 20))
"""The regularisation strengths that are tried."""

_RESIDUAL_BINS: Final = 20
_PREDICTION_BINS: Final = 10


def run_sweep(
    parent: Witness, folder: Path, *, on_child: Callable[[int, int], None]
) -> list[Witness]:
    """Fit one model an alpha, each in a child run of `parent`, and return the children.

    Args:
        parent: The run of the sweep; it gets a row an alpha and the best alpha as a tag.
        folder: Where models and pictures are made before they are uploaded.
        on_child: Called with how many children are done, and of how many.
    """
    features, target = load_diabetes(return_X_y=True)
    data = train_test_split(features, target, test_size=0.2, random_state=0)
    children = []
    errors = {}
    for alpha in ALPHAS:
        child = Witness(parent.run.child_run(name=f"alpha {alpha:.2f}"))
        errors[alpha] = _fit(child, alpha, data, folder)
        child.run.complete()
        children.append(child)
        parent.log_row("error by alpha", alpha=alpha, mse=errors[alpha])
        on_child(len(children), len(ALPHAS))
    parent.tag("best alpha", f"{min(errors, key=errors.__getitem__):.2f}")
    parent.log("best mse", min(errors.values()))
    return children


def _fit(child: Witness, alpha: float, data: list[NDArray[np.float64]], folder: Path) -> float:
    train_features, test_features, train_target, test_target = data
    child.set_config({"alpha": alpha, "model": "Ridge", "test_size": 0.2})
    child.tag("model", "ridge")
    model = Ridge(alpha=alpha).fit(train_features, train_target)
    predicted = model.predict(test_features)
    error = float(mean_squared_error(test_target, predicted))
    child.log("alpha", alpha)
    child.log("mse", error)
    child.log("r2", float(r2_score(test_target, predicted)))
    child.log_table(
        "predictions", {"actual": test_target.tolist(), "predicted": predicted.tolist()}
    )
    child.log_chart("residual histogram", residuals_document(test_target, predicted))
    child.log_chart("predicted against true", predictions_document(test_target, predicted))
    picture = folder / f"residuals of alpha {alpha:.2f}.png"
    _residual_plot(test_target, predicted, alpha).savefig(picture)
    child.log_image("residual plot", picture)
    stored = folder / f"ridge-{alpha:.2f}.pkl"
    stored.write_bytes(pickle.dumps(model))
    child.upload_file("outputs/model.pkl", stored)
    return error


def residuals_document(
    actual: NDArray[np.float64], predicted: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the residuals chart: how often the model is wrong by how much."""
    counts, edges = np.histogram(predicted - actual, bins=_RESIDUAL_BINS)
    return {
        "schema_type": "residuals",
        "schema_version": "1.0.0",
        "data": {"bin_edges": edges.tolist(), "bin_counts": counts.tolist()},
    }


def predictions_document(
    actual: NDArray[np.float64], predicted: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the predictions chart: mean and spread of the prediction in each bin of the truth."""
    edges = np.histogram_bin_edges(actual, bins=_PREDICTION_BINS)
    places = np.clip(np.digitize(actual, edges) - 1, 0, _PREDICTION_BINS - 1)
    bins = [predicted[places == i] for i in range(_PREDICTION_BINS)]
    return {
        "schema_type": "predictions",
        "schema_version": "1.0.0",
        "data": {
            "bin_averages": [float(b.mean()) if b.size else 0.0 for b in bins],
            "bin_errors": [float(b.std()) if b.size else 0.0 for b in bins],
            "bin_counts": [int(b.size) for b in bins],
            "bin_edges": edges.tolist(),
        },
    }


def _residual_plot(
    actual: NDArray[np.float64], predicted: NDArray[np.float64], alpha: float
) -> Figure:
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.scatter(predicted, predicted - actual, s=14, alpha=0.7)
    axes.axhline(0.0, linewidth=1, color="grey")
    axes.set(xlabel="predicted", ylabel="predicted − actual", title=f"Residuals, alpha = {alpha}")
    return figure
