"""Say so and go on until somebody ends it; the notebook about managing runs cancels this."""

import itertools
import time

from azureml.core import Run

run = Run.get_context()
for second in itertools.count():
    run.log("seconds", second)
    print(f"running for {second} s", flush=True)
    time.sleep(1)
