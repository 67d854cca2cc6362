"""Monthly hospital numbers by state, from the daily CSV files that the US Department of Health published.

The package requires only Python 3.9 (the oldest version of EMR 7) and PySpark.
"""

__version__ = "1.0.0"
