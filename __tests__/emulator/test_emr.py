"""EMR clusters: life cycle, rejected requests, lists, tags, events and restarts of the emulator."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from account import Client, rejected, unique
from emr_clusters import FOR_EMR, Clusters, make_clusters, step_running
from queues import Queue
from running_emulator import start_emulator

NOT_SUPPORTED = ("AdditionalMasterSecurityGroups", "Ec2SubnetId")
"""Unsupported members of Instances."""
GROUP = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}


def test_a_cluster_starts_waits_and_is_terminated(clusters: Clusters) -> None:
    cluster = clusters.run()
    found = clusters.until(cluster, "WAITING")
    assert found["Status"]["StateChangeReason"] == {"Message": "Cluster ready to run steps."}
    attributes = found["Ec2InstanceAttributes"]
    assert (attributes["Ec2SubnetId"], attributes["RequestedEc2SubnetIds"]) == (clusters.subnet, [clusters.subnet])
    assert attributes["EmrManagedMasterSecurityGroup"] == clusters.groups["primary"]
    assert attributes["IamInstanceProfile"] == clusters.instance_role.rsplit("/", 1)[-1]
    assert (found["AutoTerminate"], found["Tags"]) == (False, [FOR_EMR])
    assert found["InstanceCollectionType"] == "INSTANCE_FLEET"
    [primary, core] = clusters.emr.list_instances(ClusterId=cluster)["Instances"]
    assert primary["Status"]["State"] == core["Status"]["State"] == "RUNNING"
    clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    ended = clusters.until(cluster, "TERMINATED")["Status"]
    assert ended["StateChangeReason"]["Code"] == "USER_REQUEST"
    timeline = ended["Timeline"]
    assert timeline["CreationDateTime"] < timeline["ReadyDateTime"] < timeline["EndDateTime"]
    ended_instances = clusters.emr.list_instances(ClusterId=cluster, InstanceStates=["TERMINATED"])["Instances"]
    assert [instance["Id"] for instance in ended_instances] == [primary["Id"], core["Id"]]


def test_a_cluster_in_a_private_subnet_may_have_workers_of_another_size(client: Client) -> None:
    clusters = make_clusters(client, private=True)
    core = clusters.request["Instances"]["InstanceFleets"][1]
    core.update(TargetOnDemandCapacity=2, InstanceTypeConfigs=[{"InstanceType": "r5.2xlarge"}])
    cluster = clusters.run()
    clusters.until(cluster, "WAITING")
    instances = clusters.emr.list_instances(ClusterId=cluster)["Instances"]
    assert [(each["Market"], each["InstanceType"]) for each in instances] == [
        ("ON_DEMAND", "m5.xlarge"),
        *[("ON_DEMAND", "r5.2xlarge")] * 2,
    ]


def test_an_idle_cluster_ends_and_a_busy_one_does_not(clusters: Clusters) -> None:
    # The step takes longer than the idle timeout, here one second, which starts when the step ends.
    cluster = clusters.run(AutoTerminationPolicy={"IdleTimeout": 100})
    clusters.add(cluster, "sleep", "1.5")
    ended = clusters.until(cluster, "TERMINATED")["Status"]
    assert "idle for 100 seconds" in ended["StateChangeReason"]["Message"]
    [worked] = clusters.emr.list_steps(ClusterId=cluster)["Steps"]
    assert worked["Status"]["State"] == "COMPLETED"
    assert ended["Timeline"]["EndDateTime"] - worked["Status"]["Timeline"]["EndDateTime"] >= timedelta(seconds=1)


def test_a_protected_cluster_is_not_terminated(clusters: Clusters) -> None:
    clusters.request["Instances"]["TerminationProtected"] = True
    cluster = clusters.run()
    clusters.until(cluster, "WAITING")
    with rejected("ValidationException", "Could not shut down one or more job flows since they are termination"):
        clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    assert clusters.describe(cluster)["Status"]["State"] == "WAITING"
    clusters.emr.set_termination_protection(JobFlowIds=[cluster], TerminationProtected=False)
    clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    clusters.until(cluster, "TERMINATED")
    with rejected("ValidationException", "shutting down, terminated, or finished may not be modified"):
        clusters.add(cluster, "true")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"ReleaseLabel": "emr-7"}, "release label is invalid: emr-7"),
        ({"ReleaseLabel": "emr-6.15.0"}, "as emr-7.10.0 and later of line 7, not as emr-6.15.0"),
        ({"JobFlowRole": "missing"}, "Invalid InstanceProfile: missing"),
        ({"ServiceRole": ""}, "ServiceRole is required"),
        ({"LogUri": "logs/"}, "LogUri must be s3://"),
        ({"AutoTerminationPolicy": {"IdleTimeout": 604801}}, "from 60 to 604800 seconds, not 604801"),
        ({"StepConcurrencyLevel": 2}, "The local AWS does not support StepConcurrencyLevel of RunJobFlow"),
        ({"Steps": [step_running("true")]}, "The local AWS does not support Steps of RunJobFlow"),
        ({"Configurations": [{"Classification": "spark-defaults"}]}, "Classification spark-defaults of Conf"),
        ({"SecurityConfiguration": "missing"}, "'missing' does not exist"),
        ({"Tags": [{"Key": "execution", "Value": "run!"}]}, "Tag 'run!' can contain only"),
        ({"BootstrapActions": [{"Name": "b", "ScriptBootstrapAction": {"Path": "s3://b/k"}}]}, "BootstrapActions of"),
        ({"Name": None}, "'name' failed|Value null at 'Name'"),
        ({"InstanceFleets": None}, "one MASTER and at most one CORE fleet, not none"),
        ({"InstanceFleets": [{"InstanceFleetType": "CORE"}]}, "one MASTER and at most one CORE fleet, not CORE"),
        ({"InstanceFleets": None, "InstanceGroups": [GROUP]}, "does not support InstanceGroups of Instances"),
        ({"KeepJobFlowAliveWhenNoSteps": False}, "does not support a cluster without KeepJobFlowAliveWhenNoSteps"),
        ({"AdditionalMasterSecurityGroups": ["sg-0"]}, "does not support AdditionalMasterSecurityGroups"),
        ({"InstanceFleets": [{"InstanceFleetType": "MASTER"}]}, "1 to 5 InstanceTypeConfigs, not 0"),
        ({"Ec2SubnetId": "subnet-0"}, "The local AWS does not support Ec2SubnetId of Instances"),
        ({"EmrManagedSlaveSecurityGroup": None}, "both EmrManagedMasterSecurityGroup and"),
    ],
)
def test_an_invalid_request_is_rejected(clusters: Clusters, change: dict[str, Any], complaint: str) -> None:
    is_of_instances = next(iter(change)) in {*clusters.request["Instances"], *NOT_SUPPORTED}
    changed = {
        **clusters.request,
        **({"Instances": {**clusters.request["Instances"], **change}} if is_of_instances else change),
    }
    request = {key: value for key, value in changed.items() if value is not None}
    request["Instances"] = {key: value for key, value in request["Instances"].items() if value is not None}
    with rejected("ValidationException", complaint):
        clusters.client("emr", parameter_validation=False).run_job_flow(**request)


def test_the_error_contains_the_unknown_id(clusters: Clusters, client: Client) -> None:
    emr = client("emr")
    with rejected("InvalidRequestException", "Cluster id 'j-0' is not valid"):
        emr.describe_cluster(ClusterId="j-0")
    with rejected("ValidationException", "Specified job flow ID does not exist"):
        emr.terminate_job_flows(JobFlowIds=["j-0"])
    with rejected("InvalidRequestException", "Step id 's-0' is not valid"):
        emr.describe_step(ClusterId=clusters.run(), StepId="s-0")


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (
            lambda c: c.add_instance_fleet(ClusterId="j-0", InstanceFleet={"InstanceFleetType": "TASK"}),
            "AddInstanceFleet",
        ),
        (lambda c: c.list_studio_session_mappings(), "ListStudioSessionMappings of EMR"),
        (lambda c: c.add_tags(ResourceId="j-0", Tags=[]), "AddTags and RemoveTags of a cluster"),
    ],
)
def test_an_unsupported_operation_is_rejected(client: Client, call: Callable[[Any], Any], complaint: str) -> None:
    with rejected("InternalServerException", f"The local AWS does not support {complaint}"):
        call(client("emr"))


def test_the_list_of_clusters_is_filtered_by_state_and_time(clusters: Clusters) -> None:
    clusters.run()
    before = time.time()
    terminated, waiting = clusters.run(), clusters.run()
    clusters.emr.terminate_job_flows(JobFlowIds=[terminated])
    clusters.until(terminated, "TERMINATED")
    clusters.until(waiting, "WAITING")
    for states, expected in ((["WAITING"], [waiting]), ([], [waiting, terminated])):
        listed = clusters.emr.list_clusters(CreatedAfter=before, ClusterStates=states)["Clusters"]
        assert [cluster["Id"] for cluster in listed] == expected
    with rejected("ValidationException", "does not support CreatedBefore of ListClusters"):
        clusters.emr.list_clusters(CreatedBefore=before)


def test_the_tags_of_a_cluster_are_listed_until_it_ends(clusters: Clusters, client: Client) -> None:
    tag = {"Key": "run", "Value": unique("run")}
    cluster = clusters.run(Tags=[FOR_EMR, tag])
    described = clusters.until(cluster, "WAITING")
    assert described["Tags"] == [FOR_EMR, tag]

    def shown() -> list[str]:
        wanted = [{"Key": "run", "Values": [tag["Value"]]}]
        found = client("resourcegroupstaggingapi").get_resources(TagFilters=wanted)["ResourceTagMappingList"]
        return [item["ResourceARN"] for item in found]

    assert shown() == [described["ClusterArn"]]
    clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    clusters.until(cluster, "TERMINATED")
    assert shown() == []


def test_every_state_change_has_an_event(clusters: Clusters, client: Client) -> None:
    name, rules = unique("cluster-events"), client("events")
    pattern = {"source": ["aws.emr"], "detail": {"name": [name, f"{name} step"]}}
    rule = rules.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
    queue = Queue(client("sqs"), "events.amazonaws.com", rule)
    rules.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue.arn}])
    cluster = clusters.run(Name=name)
    clusters.until(cluster, "WAITING")
    step = clusters.add(cluster, "false", Name=f"{name} step")
    clusters.step_until(cluster, step, "FAILED")
    clusters.until(cluster, "WAITING")
    clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    clusters.until(cluster, "TERMINATED")
    seen = [queue.event() for _ in range(8)]
    states = {(event["detail-type"], event["detail"]["state"]) for event in seen}
    of_cluster = ("STARTING", "WAITING", "RUNNING", "TERMINATED")
    assert states == {
        *(("EMR Cluster State Change", state) for state in of_cluster),
        *(("EMR Step Status Change", state) for state in ("PENDING", "RUNNING", "FAILED")),
    }
    by_state = {event["detail"]["state"]: event["detail"] for event in seen}
    failed, ended = by_state["FAILED"], by_state["TERMINATED"]
    assert (failed["stepId"], failed["clusterId"], failed["severity"]) == (step, cluster, "ERROR")
    assert failed["actionOnFailure"] == "CONTINUE"
    assert json.loads(ended["stateChangeReason"])["code"] == "USER_REQUEST"
    assert (ended["severity"], ended["clusterId"]) == ("INFO", cluster)


def test_security_configurations_are_stored(clusters: Clusters) -> None:
    name, document = unique("security"), json.dumps({"EncryptionConfiguration": {}})
    clusters.emr.create_security_configuration(Name=name, SecurityConfiguration=document)
    assert clusters.emr.describe_security_configuration(Name=name)["SecurityConfiguration"] == document
    assert clusters.describe(clusters.run(SecurityConfiguration=name))["SecurityConfiguration"] == name
    assert name in str(clusters.emr.list_security_configurations())
    clusters.emr.delete_security_configuration(Name=name)
    assert name not in str(clusters.emr.list_security_configurations())
    with rejected("InvalidRequestException", "does not exist"):
        clusters.emr.describe_security_configuration(Name=name)


def test_a_cluster_ends_with_the_emulator(tmp_path: Path) -> None:
    emulator = start_emulator(tmp_path)
    clusters = make_clusters(emulator.client)
    cluster, ended = clusters.run(), clusters.run()
    clusters.until(cluster, "WAITING")
    clusters.emr.terminate_job_flows(JobFlowIds=[ended])
    clusters.until(ended, "TERMINATED")
    running, pending = clusters.add(cluster, "sleep", "300"), clusters.add(cluster, "true")
    clusters.step_until(cluster, running, "RUNNING")
    emulator.wait_for_save()
    emulator.kill()
    with start_emulator(tmp_path) as again:
        clusters.emr = again.client("emr")
        status = clusters.describe(cluster)["Status"]
        assert status["State"] == "TERMINATED_WITH_ERRORS" and "emulator was stopped" in str(status)
        assert clusters.step(cluster, running)["Status"]["State"] == "FAILED"
        assert clusters.step(cluster, pending)["Status"]["State"] == "CANCELLED"
        assert clusters.describe(ended)["Status"]["State"] == "TERMINATED"
