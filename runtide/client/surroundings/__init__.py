"""What a run was started with, and what goes on around it while it runs.

One thread of a process does all of this for all of its open runs, beside the training: it looks at
the repository, the packages and the host once, and at the machine every few seconds. What is
printed is kept as it is printed. Nothing here raises into the script or makes it wait.
"""
