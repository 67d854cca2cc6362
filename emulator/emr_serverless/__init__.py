"""EMR Serverless: applications with AWS's life cycle, and job runs that are real spark-submit processes."""

from emulator.emr_serverless import api, integration


def install() -> None:
    """Serve the API, and Step Functions' integration with it."""
    api.install()
    integration.register()
