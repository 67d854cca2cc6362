"""EMR on EC2: clusters with AWS's life cycle and launch checks, and steps that are real spark-submit processes."""

from emulator.emr import api, integration


def install() -> None:
    """Serve the API's cluster operations, and Step Functions' integration with them."""
    api.install()
    integration.register()
