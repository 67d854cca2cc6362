"""Entry point for spark-submit; the job is the package covid_report of --py-files."""

import sys

from covid_report.job import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
