"""A sweep of ridge regressions, each in a child run, and the best one found.

Needs `pip install 'runtide[demo]'`.
"""

from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

import runtide

features, target = load_diabetes(return_X_y=True)
train_features, test_features, train_target, test_target = train_test_split(
    features, target, test_size=0.2, random_state=0
)

with runtide.init(experiment="ridge-sweep") as sweep:
    for alpha in (0.1, 0.2, 0.4, 0.8):
        with sweep.child_run(name=f"alpha {alpha}") as child:
            model = Ridge(alpha=alpha).fit(train_features, train_target)
            child.set_config({"alpha": alpha})
            child.log("mse", float(mean_squared_error(test_target, model.predict(test_features))))

errors = {child.config["alpha"]: child.get_metrics("mse")["mse"] for child in sweep.get_children()}
best = min(errors, key=errors.__getitem__)
print(f"best alpha {best}, mse {errors[best]:.1f}")
