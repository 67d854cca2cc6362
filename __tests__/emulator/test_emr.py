"""EMR clusters: life cycle, what AWS refuses and what fails a launch, lists, tags, permissions, events."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from emr_clusters import FOR_EMR, Clusters, clusters_of, make_clusters, step_running
from fixture_types import Client, Make, Unique
from queues import Queue, from_service
from refusals import refused
from running_emulator import start_emulator

NOT_SUPPORTED = ("AdditionalMasterSecurityGroups", "Ec2SubnetId")
"""Members of Instances that the local AWS refuses."""
GROUP = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}


def test_a_cluster_comes_up_waits_and_is_terminated(clusters: Clusters) -> None:
    cluster = clusters.run()
    found = clusters.until(cluster, "WAITING")
    assert found["Status"]["StateChangeReason"] == {"Message": "Cluster ready to run steps."}
    attributes = found["Ec2InstanceAttributes"]
    assert (attributes["Ec2SubnetId"], attributes["RequestedEc2SubnetIds"]) == (clusters.subnet, [clusters.subnet])
    assert attributes["EmrManagedMasterSecurityGroup"] == clusters.groups["primary"]
    assert attributes["IamInstanceProfile"] == clusters.instance_role.rsplit("/", 1)[-1]
    assert (found["AutoTerminate"], found["Tags"], found["InstanceCollectionType"]) == (
        False,
        [FOR_EMR],
        "INSTANCE_FLEET",
    )
    [primary, core] = clusters.emr.list_instances(ClusterId=cluster)["Instances"]
    assert primary["Status"]["State"] == core["Status"]["State"] == "RUNNING"
    clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    ended = clusters.until(cluster, "TERMINATED")["Status"]
    assert ended["StateChangeReason"]["Code"] == "USER_REQUEST"
    timeline = ended["Timeline"]
    assert timeline["CreationDateTime"] < timeline["ReadyDateTime"] < timeline["EndDateTime"]
    ended_instances = clusters.emr.list_instances(ClusterId=cluster, InstanceStates=["TERMINATED"])["Instances"]
    assert [instance["Id"] for instance in ended_instances] == [primary["Id"], core["Id"]]


def test_a_cluster_in_a_private_subnet_may_have_workers_of_another_size(
    client: Client, make_role: Make, unique: Unique
) -> None:
    clusters = make_clusters(client, make_role, unique, private=True)
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
    # The work is longer than the shortened idle timeout of a second, which begins when the work ends.
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
    with refused("ValidationException", "Could not shut down one or more job flows since they are termination protect"):
        clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    assert clusters.describe(cluster)["Status"]["State"] == "WAITING"
    clusters.emr.set_termination_protection(JobFlowIds=[cluster], TerminationProtected=False)
    clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    clusters.until(cluster, "TERMINATED")
    with refused("ValidationException", "shutting down, terminated, or finished may not be modified"):
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
def test_a_request_that_aws_refuses_is_refused(clusters: Clusters, change: dict[str, Any], complaint: str) -> None:
    is_of_instances = next(iter(change)) in {*clusters.request["Instances"], *NOT_SUPPORTED}
    changed = {
        **clusters.request,
        **({"Instances": {**clusters.request["Instances"], **change}} if is_of_instances else change),
    }
    request = {key: value for key, value in changed.items() if value is not None}
    request["Instances"] = {key: value for key, value in request["Instances"].items() if value is not None}
    with refused("ValidationException", complaint):
        clusters.client("emr", parameter_validation=False).run_job_flow(**request)


def test_the_error_names_what_does_not_exist(clusters: Clusters, client: Client) -> None:
    emr = client("emr")
    with refused("InvalidRequestException", "Cluster id 'j-0' is not valid"):
        emr.describe_cluster(ClusterId="j-0")
    with refused("ValidationException", "Specified job flow ID does not exist"):
        emr.terminate_job_flows(JobFlowIds=["j-0"])
    with refused("InvalidRequestException", "Step id 's-0' is not valid"):
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
def test_an_operation_that_the_local_aws_does_not_have_is_refused(
    client: Client, call: Callable[[Any], Any], complaint: str
) -> None:
    with refused("InternalServerException", f"The local AWS does not support {complaint}"):
        call(client("emr"))


def test_lists_filter_by_state_and_time_and_page(clusters: Clusters) -> None:
    before = time.time()
    made = {clusters.run(Name="listed") for _ in range(51)}
    for cluster in made:
        clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    pages = list(clusters.emr.get_paginator("list_clusters").paginate(CreatedAfter=before))
    assert len(pages[0]["Clusters"]) == 50
    assert {cluster["Id"] for page in pages for cluster in page["Clusters"]} == made
    for cluster in made:
        clusters.until(cluster, "TERMINATED")
    assert clusters.emr.list_clusters(CreatedAfter=before, ClusterStates=["WAITING"])["Clusters"] == []
    with refused("ValidationException", "does not support CreatedBefore of ListClusters"):
        clusters.emr.list_clusters(CreatedBefore=before)


def test_the_tags_of_a_cluster_are_listed_until_it_ends(clusters: Clusters, client: Client, unique: Unique) -> None:
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


def test_events_report_each_state(clusters: Clusters, client: Client, unique: Unique) -> None:
    name, rules = unique("cluster-events"), client("events")
    pattern = {"source": ["aws.emr"], "detail": {"name": [name, f"{name} step"]}}
    rule = rules.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
    queue = Queue(client("sqs"), name, from_service("events.amazonaws.com", name, rule))
    rules.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue.arn}])
    cluster = clusters.run(Name=name)
    clusters.until(cluster, "WAITING")
    step = clusters.add(cluster, "false", Name=f"{name} step")
    clusters.step_until(cluster, step, "FAILED")
    clusters.until(cluster, "WAITING")
    clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    clusters.until(cluster, "TERMINATED")
    seen = [json.loads(queue.next()["Body"]) for _ in range(8)]
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


def test_security_configurations_are_kept(clusters: Clusters, unique: Unique) -> None:
    name, document = unique("security"), json.dumps({"EncryptionConfiguration": {}})
    clusters.emr.create_security_configuration(Name=name, SecurityConfiguration=document)
    assert clusters.emr.describe_security_configuration(Name=name)["SecurityConfiguration"] == document
    assert clusters.describe(clusters.run(SecurityConfiguration=name))["SecurityConfiguration"] == name
    assert name in str(clusters.emr.list_security_configurations())
    clusters.emr.delete_security_configuration(Name=name)
    assert name not in str(clusters.emr.list_security_configurations())
    with refused("InvalidRequestException", "does not exist"):
        clusters.emr.describe_security_configuration(Name=name)


def test_a_cluster_ends_with_the_emulator_and_reports_it(tmp_path: Path, unique: Unique) -> None:
    emulator = start_emulator(tmp_path)
    clusters, _ = clusters_of(emulator.client, unique)
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
