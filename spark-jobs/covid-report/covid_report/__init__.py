"""Monthly hospital numbers by state, from the daily CSV files that the US Department of Health published.

The package keeps to Python 3.9, the older one of EMR 7, and to the standard library and PySpark.
"""

__version__ = "1.0.0"
