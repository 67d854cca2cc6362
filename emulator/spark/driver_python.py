#!/usr/bin/env python3
"""What Spark starts as a job's Python: it dies with Spark's JVM, also when that is killed with the emulator.

Without it a program that happens to be waiting would outlive a kill -9: it never notices that its JVM is gone.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if sys.platform == "linux":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
python = os.environ["PYSPARK_PYTHON"]
os.execv(python, [python, *sys.argv[1:]])
