"""Any program as a module, for what starts modules: `python -m tests.executed PROGRAM ...`."""

import os
import sys

if __name__ == "__main__":
    os.execvp(sys.argv[1], sys.argv[1:])
