"""The demonstration: two real training jobs, and a comparison of what came back.

`ridge` sweeps the regularisation of a linear model, one child run a value; `network` trains a
small neural network by mini-batch gradient descent and logs every step. `witness` remembers what
was logged, so that `comparison` can hold it against what the query API gives back.
"""
