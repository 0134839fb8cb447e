"""What `import azureml` finds where a folder on the path says so, rather than an import of ours.

A process that a script starts has the script's `PYTHONPATH` and nothing of its import system.
"""

# Its import is what answers for every module below this one.
import runtide.azureml  # noqa: F401  # see above
