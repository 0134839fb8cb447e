"""`python -m runtide.cli`: the command line where no script is on the path."""

from runtide.cli import main

if __name__ == "__main__":
    main()
