"""The life cycle of applications: CREATING, CREATED, STARTING, STARTED, STOPPING, STOPPED, TERMINATED."""

import time

from ministack.core.concurrency import spawn_background

from emulator import clock
from emulator.emr_serverless import store
from emulator.models import Json, invalid
from emulator.spark import submit

PROVISIONING_SECONDS = {"CREATED": 3, "STARTED": 20, "STOPPED": 10}
"""About the duration on AWS, before the clock factor."""
AT_REST = ("CREATED", "STOPPED")
DEFAULTS: dict[str, Json] = {
    "autoStartConfiguration": {"enabled": True},
    "autoStopConfiguration": {"enabled": True, "idleTimeoutMinutes": 15},
}


def create(params: Json) -> store.Record:
    """CreateApplication, idempotent with a clientToken."""
    if params["type"].upper() != "SPARK":
        raise invalid(f"The local AWS does not support the type {params['type']}: use Spark.")
    _check_release(params)
    with store.lock:
        for existing in store.applications.values():
            if existing["clientToken"] == params["clientToken"]:
                return dict(existing)
        now, application_id = time.time(), store.new_id()
        application = {
            "architecture": "X86_64",
            "tags": {},
            **params,
            "applicationId": application_id,
            "arn": store.arn(application_id),
            "type": "Spark",
            "state": "CREATING",
            "stateDetails": "",
            "createdAt": now,
            "updatedAt": now,
        }
        _fill_defaults(application)
        store.applications[application_id] = application
    _later(application, "CREATING", "CREATED")
    return application


def _check_release(params: Json) -> None:
    if "releaseLabel" in params and (rejection := submit.unsupported(params["releaseLabel"])):
        raise invalid(rejection)


def _fill_defaults(application: store.Record) -> None:
    for name, defaults in DEFAULTS.items():
        application[name] = {**defaults, **application.get(name, {})}


def update(params: Json) -> store.Record:
    """UpdateApplication, only in the states CREATED and STOPPED."""
    application = store.application(params["applicationId"])
    _check_release(params)
    with store.lock:
        _must_be(application, AT_REST)
        application.update({name: value for name, value in params.items() if name != "clientToken"})
        application["updatedAt"] = time.time()
        _fill_defaults(application)
    return application


def delete(application_id: str) -> None:
    application = store.application(application_id)
    with store.lock:
        _must_be(application, AT_REST)
        _move(application, "TERMINATED")


def start(application_id: str) -> None:
    """StartApplication, unless it is starting or started."""
    _change(application_id, ("STARTING", "STARTED"), AT_REST)


def stop(application_id: str) -> None:
    """StopApplication. ApiError while job runs are active."""
    if active := store.active_job_runs(application_id):
        raise invalid(
            f"Application {application_id} cannot be stopped because it has {len(active)} active job run(s): "
            f"{', '.join(run['jobRunId'] for run in active[:5])}"
        )
    _change(application_id, ("STOPPING", "STOPPED"), ("STARTED",), done="CREATED")


def _change(application_id: str, through: tuple[str, str], allowed: tuple[str, ...], done: str = "") -> None:
    """Start the transition from one of the `allowed` states to the last of `through`, unless it is in progress."""
    application = store.application(application_id)
    with store.lock:
        if application["state"] in (*through, done):
            return
        _must_be(application, allowed)
        _move(application, through[0])
    _later(application, *through)


def ready_for_jobs(application: store.Record) -> None:
    """Start the application for a job run. ApiError when it is deleted."""
    if application["state"] in AT_REST:
        start(application["applicationId"])
    elif application["state"] == "TERMINATED":
        _must_be(application, ("STARTED",))


def is_started(application: store.Record) -> bool:
    """Whether a waiting job run can continue. Starts the application again if it was stopping."""
    with store.lock:
        ready_for_jobs(application)
        return bool(application["state"] == "STARTED")


def idle_from_now(application: store.Record) -> None:
    """Restart the idle time, after which an application stops automatically."""
    application["idleSince"] = time.time()


def _watch_idle(application: store.Record) -> None:
    """Stop the application when it has been idle for idleTimeoutMinutes."""
    while application["state"] == "STARTED":
        settings = application["autoStopConfiguration"]
        allowed = clock.shortened(60 * settings["idleTimeoutMinutes"])
        with store.lock:
            if store.active_job_runs(application["applicationId"]):
                idle_from_now(application)
            left = application["idleSince"] + allowed - time.time()
            if settings["enabled"] and left <= 0:
                stop(application["applicationId"])
                return
        time.sleep(max(0.05, min(left, 1.0)))


def _later(application: store.Record, now: str, then: str) -> None:
    def arrive() -> None:
        clock.wait(PROVISIONING_SECONDS[then])
        with store.lock:
            if application["state"] != now:
                return
            idle_from_now(application)
            _move(application, then)
        if then == "STARTED":
            _watch_idle(application)

    spawn_background(arrive, thread_name=f"emr-serverless-{then.lower()}")


def _move(application: store.Record, state: str) -> None:
    application.update(state=state, updatedAt=time.time())


def _must_be(application: store.Record, states: tuple[str, ...]) -> None:
    if application["state"] not in states:
        raise invalid(
            f"Application {application['applicationId']} must be in one of the following statuses "
            f"[{', '.join(states)}]. Current status: {application['state']}"
        )
