"""EMR Serverless: applications with AWS's life cycle, and job runs that are real spark-submit processes."""

from emulator.emr_serverless.api import install

__all__ = ["install"]
