"""`python -m runtide.azureml script.py …`: a script whose `import azureml` is Runtide.

What follows is what would follow `python`: a script, `-m module` or `-c code`, and its arguments.
"""

from __future__ import annotations

import os
import sys

# Imported for its refusal: where an installed SDK stays, the script must not start.
import runtide.azureml  # noqa: F401  # see above
from runtide.client.environments import azureml_environment


def main(words: list[str]) -> None:
    """Become the interpreter that runs `words`."""
    # A new interpreter, because then the script is `__main__` in every respect, and the processes
    # that it starts find `azureml` as it does.
    os.execve(sys.executable, [sys.executable, *words], azureml_environment())  # noqa: S606  # our own interpreter


if __name__ == "__main__":
    main(sys.argv[1:])
