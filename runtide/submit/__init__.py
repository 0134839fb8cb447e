"""What is submitted: the configuration of a script run, its environment, and its code.

Nothing here knows of runs: `runtide.client` builds on it. See docs/adr/0011.
"""
