"""Step Functions: executions with the rules of AWS on top of MiniStack's state machine API."""


def install() -> None:
    """Replace MiniStack's interpreter, validation and integrations with ours."""
    from emulator.step_functions import api, expressions, monitoring, tasks

    for part in (expressions, tasks, monitoring, api):
        part.install()
