"""Step Functions: executions with the rules of AWS on top of MiniStack's state machine API."""


def install() -> None:
    pass
