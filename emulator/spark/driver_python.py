#!/usr/bin/env python3
"""The Python command of Spark jobs. The process ends with Spark's JVM, also after a kill -9 of the emulator."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if sys.platform == "linux":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
python = os.environ["PYSPARK_PYTHON"]
os.execv(python, [python, *sys.argv[1:]])
