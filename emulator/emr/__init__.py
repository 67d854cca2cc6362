"""EMR on EC2: clusters with AWS's life cycle and launch checks, and steps that are real spark-submit processes."""

from emulator.emr.api import install as install_api
from emulator.emr.integration import register


def install() -> None:
    """Serve the API's cluster operations, and Step Functions' integration with them."""
    install_api()
    register()
