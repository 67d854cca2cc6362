"""The life cycle of a cluster: STARTING, BOOTSTRAPPING, RUNNING, WAITING, TERMINATING, TERMINATED (…_WITH_ERRORS)."""

import time

from ministack.core.concurrency import spawn_background

from emulator import clock, lifecycle
from emulator.emr import events, execution, hardware, launch, requests, steps, store
from emulator.models import Json, invalid

STARTING_SECONDS = 90
BOOTSTRAPPING_SECONDS = 90
TERMINATING_SECONDS = 30
"""About a third of the time on AWS, before the clock factor."""
TICK_SECONDS = 0.05


class _Ending(Exception):
    """The cluster is being terminated."""


def run_job_flow(params: Json, linked_role: bool) -> store.Record:
    """Start a new cluster with checked parameters of RunJobFlow."""
    cluster = requests.new_cluster(params)
    cluster["linkedRole"] = linked_role
    store.clusters[cluster["Id"]] = cluster
    events.cluster_changed(cluster)
    spawn_background(_live, cluster, thread_name=f"emr-{cluster['Id']}")
    return cluster


def move(cluster: store.Record, state: str, code: str = "", message: str = "") -> None:
    """Change the state. _Ending when the cluster is being terminated."""
    with store.lock:
        if state not in store.ENDED:
            _require_not_ending(cluster)
        cluster["Status"]["State"] = state
        if code or message or state not in store.ENDED:
            reason = {"Code": code, "Message": message}
            cluster["Status"]["StateChangeReason"] = {key: value for key, value in reason.items() if value}
        if state in store.ENDED:
            cluster["Status"]["Timeline"]["EndDateTime"] = time.time()
    events.cluster_changed(cluster)


def _require_not_ending(cluster: store.Record) -> None:
    if store.state(cluster) in store.CLOSING:
        raise _Ending


def terminate(cluster: store.Record, code: str, message: str) -> None:
    """Start the termination, unless it has started."""
    with store.lock:
        if store.state(cluster) not in store.CLOSING:
            move(cluster, "TERMINATING", code, message)


def terminate_job_flows(cluster_ids: list[str]) -> None:
    """Terminate the clusters without termination protection. ApiError when one is protected."""
    found = [store.job_flow(cluster_id) for cluster_id in cluster_ids]
    protected = [c for c in found if c["TerminationProtected"] and store.state(c) not in store.CLOSING]
    for cluster in found:
        if cluster not in protected:
            terminate(cluster, "USER_REQUEST", "Terminated by user request")
    if protected:
        raise invalid("Could not shut down one or more job flows since they are termination protected.")


def set_protection(cluster_ids: list[str], protected: bool) -> None:
    for cluster in [store.open_job_flow(cluster_id) for cluster_id in cluster_ids]:
        cluster["TerminationProtected"] = protected


def _live(cluster: store.Record) -> None:
    try:
        _pause(cluster, STARTING_SECONDS)
        launch.check(cluster)
        hardware.launch(cluster)
        move(cluster, "BOOTSTRAPPING")
        _pause(cluster, BOOTSTRAPPING_SECONDS)
        launch.bootstrap(cluster)
        with store.lock:
            hardware.move(cluster, "RUNNING")
            cluster["Status"]["Timeline"]["ReadyDateTime"] = cluster["idleSince"] = time.time()
        while not lifecycle.stopping.is_set():
            _work(cluster)
            time.sleep(TICK_SECONDS)
    except _Ending:
        pass
    except hardware.LaunchError as failed:
        terminate(cluster, failed.code, failed.message)
    except Exception as broken:
        terminate(cluster, "INTERNAL_ERROR", f"The emulator failed to run this cluster: {broken!r}")
        raise
    finally:
        _shut_down(cluster)


def _pause(cluster: store.Record, seconds: float) -> None:
    until = time.monotonic() + clock.shortened(seconds)
    while (left := until - time.monotonic()) > 0:
        _require_not_ending(cluster)
        time.sleep(min(TICK_SECONDS, left))


def _work(cluster: store.Record) -> None:
    """Start the next step if none runs; without steps wait, or terminate an idle cluster."""
    _require_not_ending(cluster)
    with store.lock:
        active = steps.active(cluster)
        due = active[0] if active and all(store.state(step) == "PENDING" for step in active) else None
        if due:
            if store.state(cluster) != "RUNNING":
                move(cluster, "RUNNING", message="Running step")
            steps.move(cluster, due, "RUNNING")
    if due:
        spawn_background(execution.execute, cluster, due, thread_name=f"emr-{due['Id']}")
    if active:
        return
    if store.state(cluster) != "WAITING":
        cluster["idleSince"] = time.time()
        move(cluster, "WAITING", message="Cluster ready to run steps.")
    policy = cluster["autoTerminationPolicy"]
    if policy and time.time() - cluster["idleSince"] >= clock.shortened(policy["IdleTimeout"]):
        terminate(cluster, "USER_REQUEST", f"Auto-terminated: idle for {policy['IdleTimeout']} seconds")


def _shut_down(cluster: store.Record) -> None:
    """End the steps and their processes, then the instances."""
    if lifecycle.stopping.is_set():
        return  # the cluster ends when its saved state is loaded
    for step in steps.active(cluster):
        steps.cancel(cluster, step)
    while steps.active(cluster):
        time.sleep(TICK_SECONDS)
    clock.wait(TERMINATING_SECONDS)
    with store.lock:
        hardware.move(cluster, "TERMINATED")
        code = cluster["Status"]["StateChangeReason"].get("Code")
        move(cluster, "TERMINATED" if code == "USER_REQUEST" else "TERMINATED_WITH_ERRORS")
