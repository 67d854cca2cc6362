"""The states:::elasticmapreduce integration: arguments, results, permissions, failures and stops."""

import json
from typing import Any

import pytest
from account import Client, allow, make_role, passed_to
from emr_clusters import FOR_EMR, Clusters, step_running
from machines import Machines, jsonata, task
from waiting import TooLate, in_time

ACCOUNT = "us-east-1:000000000000:"
ANY_CLUSTER = f"arn:aws:elasticmapreduce:{ACCOUNT}cluster/*"
TAGS = [FOR_EMR, {"Key": "pipeline", "Value": "covid"}]


@pytest.fixture
def clusters(clusters: Clusters) -> Clusters:
    clusters.request["Tags"] = TAGS
    return clusters


def statements(clusters: Clusters) -> list[dict[str, Any]]:
    """The permissions of a state machine that uses clusters with `.sync`, in the order of the table below."""
    kinds = ("RunJobFlow", "AddJobFlowSteps", "TerminateJobFlows")
    rules = [f"arn:aws:events:{ACCOUNT}rule/StepFunctionsGetEventForEMR{kind}Rule" for kind in kinds]
    own = {"StringEquals": {"elasticmapreduce:ResourceTag/pipeline": "covid"}}
    requested = {"StringEquals": {"elasticmapreduce:RequestTag/pipeline": "covid"}}
    return [
        allow(["elasticmapreduce:RunJobFlow"], "*", requested),
        allow(["elasticmapreduce:AddTags"], ANY_CLUSTER, requested),
        allow(["elasticmapreduce:PutAutoTerminationPolicy"], ANY_CLUSTER),
        allow(["iam:PassRole"], clusters.service_role, passed_to("elasticmapreduce.amazonaws.com")),
        allow(["iam:PassRole"], clusters.instance_role, passed_to("ec2.amazonaws.com")),
        *(allow(["events:PutRule", "events:PutTargets", "events:DescribeRule"], rule) for rule in rules),
        *(
            allow([f"elasticmapreduce:{action}"], ANY_CLUSTER, own)
            for action in ("DescribeCluster", "TerminateJobFlows", "AddJobFlowSteps", "DescribeStep", "CancelSteps")
        ),
        allow(["iam:CreateServiceLinkedRole"], "arn:aws:iam::000000000000:role/aws-service-role/*"),
    ]


@pytest.fixture
def machines(client: Client, clusters: Clusters) -> Machines:
    return Machines(client("stepfunctions"), make_role(client, "states.amazonaws.com", statements(clusters)))


def create(clusters: Clusters, **changes: Any) -> dict[str, Any]:
    return {**clusters.request, "AutoTerminationPolicy": {"IdleTimeout": 604800}, **changes}


def test_a_cluster_is_created_used_and_terminated(machines: Machines, clusters: Clusters) -> None:
    cluster_id = "{% $created.ClusterId %}"
    definition = jsonata(
        Create=task(
            "elasticmapreduce:createCluster.sync",
            create(clusters),
            Next="Step",
            Assign={"created": "{% $states.result %}"},
        ),
        Step=task(
            "elasticmapreduce:addStep.sync",
            {"ClusterId": cluster_id, "Step": step_running("true")},
            Next="Terminate",
            Assign={"step": "{% $states.result %}"},
        ),
        Terminate=task(
            "elasticmapreduce:terminateCluster.sync",
            {"ClusterId": cluster_id},
            Output={"created": "{% $created %}", "step": "{% $step %}", "terminated": "{% $states.result %}"},
        ),
    )
    execution = machines.run(definition)
    assert execution["status"] == "SUCCEEDED", execution
    output = execution["output"]
    cluster = output["created"]["Cluster"]
    assert cluster["Id"] == output["created"]["ClusterId"]
    assert cluster["ClusterArn"] == output["created"]["ClusterArn"]
    assert (cluster["Status"]["State"], cluster["Tags"]) == ("WAITING", TAGS)
    assert output["step"]["Step"]["Status"]["State"] == "COMPLETED"
    assert output["step"]["Step"]["Config"]["Args"] == ["true"]
    # Times are in milliseconds, as in the SDK for Java.
    assert output["step"]["Step"]["Status"]["Timeline"]["EndDateTime"] > 1e12
    assert output["terminated"]["Cluster"]["Status"]["State"] == "TERMINATED"
    assert clusters.describe(cluster["Id"])["Status"]["State"] == "TERMINATED"
    kinds = machines.kinds(execution["executionArn"])
    assert kinds.count("TaskSubmitted") == 3


def test_the_cause_of_a_failed_task_contains_the_failed_cluster_or_step(machines: Machines, clusters: Clusters) -> None:
    request = create(clusters, Instances={**clusters.request["Instances"], "Ec2SubnetIds": ["subnet-0"]})
    step = {"ClusterId": clusters.run(), "Step": step_running("false")}
    causes = []
    for action, arguments in (("createCluster", request), ("addStep", step)):
        execution = machines.run(jsonata(Do=task(f"elasticmapreduce:{action}.sync", arguments)))
        assert (execution["status"], execution["error"]) == ("FAILED", "States.TaskFailed")
        causes.append(json.loads(execution["cause"]))
    reason = causes[0]["Cluster"]["Status"]["StateChangeReason"]
    assert reason["Message"] == "The subnet ID 'subnet-0' does not exist"
    failed = causes[1]["Step"]
    assert failed["Status"]["FailureDetails"]["LogFile"].endswith(f"/steps/{failed['Id']}/stderr.gz")


@pytest.mark.parametrize(
    ("resource", "missing", "action"),
    [
        ("createCluster.sync", 0, "elasticmapreduce:RunJobFlow"),
        ("createCluster.sync", 1, "elasticmapreduce:AddTags"),
        ("createCluster.sync", 5, "events:PutRule"),
        ("createCluster.sync", 8, "elasticmapreduce:DescribeCluster"),
        ("addStep.sync", 6, "events:PutRule"),
        ("addStep.sync", 10, "elasticmapreduce:AddJobFlowSteps"),
        ("addStep.sync", 11, "elasticmapreduce:DescribeStep"),
        ("terminateCluster.sync", 7, "events:PutRule"),
        ("terminateCluster.sync", 8, "elasticmapreduce:DescribeCluster"),
        ("terminateCluster.sync", 9, "elasticmapreduce:TerminateJobFlows"),
    ],
)
def test_the_role_needs_each_permission(
    client: Client, clusters: Clusters, resource: str, missing: int, action: str
) -> None:
    given = [statement for at, statement in enumerate(statements(clusters)) if at != missing]
    machines = Machines(client("stepfunctions"), make_role(client, "states.amazonaws.com", given))
    arguments = create(clusters)
    if resource != "createCluster.sync":
        arguments = {"ClusterId": clusters.run(), **({"Step": step_running("true")} if "addStep" in resource else {})}
    execution = machines.run(jsonata(Do=task(f"elasticmapreduce:{resource}", arguments)))
    assert (execution["status"], execution["error"]) == ("FAILED", "EMR.AmazonElasticMapReduceException")
    error = "(Service: AmazonElasticMapReduce; Status Code: 400; Error Code: AccessDeniedException; "
    assert error in execution["cause"]
    assert f"not authorized to perform: {action} " in execution["cause"]


@pytest.mark.parametrize(
    ("action", "change", "complaint"),
    [
        ("createCluster", {"Steps": []}, '"Steps" is not supported by Step Functions'),
        ("createCluster", {"Colour": "red"}, '"Colour" is not supported by Step Functions'),
        ("addStep", {"JobFlowId": "j-0"}, "with ClusterId, Step, not with JobFlowId"),
        ("terminateCluster", {}, "with ClusterId, not with none"),
    ],
)
def test_unsupported_arguments_fail_the_task(
    machines: Machines, clusters: Clusters, action: str, change: dict[str, Any], complaint: str
) -> None:
    given = create(clusters, **change) if action == "createCluster" else change
    execution = machines.run(jsonata(Do=task(f"elasticmapreduce:{action}.sync", given)))
    assert (execution["status"], execution["error"]) == ("FAILED", "States.Runtime")
    assert complaint in execution["cause"]


def test_a_stopped_execution_does_not_terminate_its_cluster(machines: Machines, clusters: Clusters) -> None:
    def stop_while_it_starts(_seconds: int) -> str:
        execution = machines.start(jsonata(Do=task("elasticmapreduce:createCluster.sync", create(clusters))))
        machines.wait_for_event(execution, "TaskSubmitted")
        try:
            machines.client.stop_execution(executionArn=execution)
        except machines.client.exceptions.ValidationException as ended:
            raise TooLate from ended
        return execution

    execution = in_time(stop_while_it_starts)
    assert machines.end(execution)["status"] == "ABORTED"
    submitted = next(e for e in machines.history(execution) if e["type"] == "TaskSubmitted")
    clusters.until(json.loads(submitted["taskSubmittedEventDetails"]["output"])["ClusterId"], "WAITING")


def test_a_stopped_execution_cancels_its_step(machines: Machines, clusters: Clusters) -> None:
    cluster = clusters.run()
    clusters.until(cluster, "WAITING")
    parameters = {"ClusterId": cluster, "Step": step_running("sleep", "300")}
    execution = machines.start(jsonata(Do=task("elasticmapreduce:addStep.sync", parameters)))
    machines.wait_for_event(execution, "TaskSubmitted")
    [running] = clusters.emr.list_steps(ClusterId=cluster)["Steps"]
    clusters.step_until(cluster, running["Id"], "RUNNING")
    machines.client.stop_execution(executionArn=execution)
    clusters.step_until(cluster, running["Id"], "CANCELLED")
    clusters.until(cluster, "WAITING")


def test_a_catch_terminates_the_cluster_of_a_timed_out_task(machines: Machines, clusters: Clusters) -> None:
    cluster = clusters.run()
    parameters = {"ClusterId": cluster, "Step": step_running("sleep", "300")}
    run = task("elasticmapreduce:addStep.sync", parameters, TimeoutSeconds=3)
    run["Catch"] = [{"ErrorEquals": ["States.Timeout"], "Next": "Terminate"}]
    terminate = task("elasticmapreduce:terminateCluster.sync", {"ClusterId": cluster})
    assert machines.run(jsonata(Do=run, Terminate=terminate))["status"] == "SUCCEEDED"
    [ended] = clusters.emr.list_steps(ClusterId=cluster)["Steps"]
    assert ended["Status"]["State"] == "CANCELLED"
    assert clusters.describe(cluster)["Status"]["State"] == "TERMINATED"


@pytest.mark.parametrize("action", ["cancelStep.sync", "createCluster", "addStep", "terminateCluster"])
def test_an_unsupported_action_is_rejected_at_creation(machines: Machines, action: str) -> None:
    with pytest.raises(machines.client.exceptions.InvalidDefinition):
        machines.create(jsonata(Do=task(f"elasticmapreduce:{action}", {"ClusterId": "j-0"})))
