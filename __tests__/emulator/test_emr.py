"""EMR clusters: life cycle, what AWS refuses and what fails a launch, lists, tags, permissions, events."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from emr_clusters import FOR_EMR, Clusters, make_clusters, nodes_report, set_trust
from queues import Queue, from_service
from running_emulator import start_emulator

Client = Callable[..., Any]
EC2 = "arn:aws:ec2:us-east-1:000000000000"
ANY_CLUSTER = "arn:aws:elasticmapreduce:us-east-1:000000000000:cluster/*"


@pytest.fixture
def clusters(client: Client, make_role: Callable[..., str], unique: Callable[[str], str]) -> Clusters:
    return make_clusters(client, make_role, unique)


def refused(code: str, message: str) -> Any:
    return pytest.raises(ClientError, match=rf"\({code}\).*{message}")


def test_a_cluster_comes_up_waits_and_is_terminated(clusters: Clusters) -> None:
    cluster = clusters.run()
    assert clusters.describe(cluster)["Status"]["State"] == "STARTING"
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
    # Two m5.xlarge count 8 each, from the first second of an hour.
    assert found["NormalizedInstanceHours"] == 16
    [primary, core] = clusters.emr.list_instances(ClusterId=cluster)["Instances"]
    assert found["MasterPublicDnsName"] == primary["PrivateDnsName"]
    assert primary["Status"]["State"] == core["Status"]["State"] == "RUNNING"
    clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    ended = clusters.until(cluster, "TERMINATED")["Status"]
    assert ended["StateChangeReason"]["Code"] == "USER_REQUEST"
    timeline = ended["Timeline"]
    assert timeline["CreationDateTime"] < timeline["ReadyDateTime"] < timeline["EndDateTime"]
    [fleet, _] = clusters.emr.list_instance_fleets(ClusterId=cluster)["InstanceFleets"]
    assert (fleet["Status"]["State"], fleet["ProvisionedOnDemandCapacity"]) == ("TERMINATED", 0)


def test_instance_groups_and_a_private_subnet(
    client: Client, make_role: Callable[..., str], unique: Callable[[str], str]
) -> None:
    clusters = make_clusters(client, make_role, unique, private=True)
    instances = clusters.request["Instances"]
    del instances["InstanceFleets"]
    instances["InstanceGroups"] = [
        {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1},
        {"InstanceRole": "CORE", "InstanceType": "r5.2xlarge", "InstanceCount": 2, "Market": "SPOT"},
    ]
    cluster = clusters.run()
    assert clusters.until(cluster, "WAITING")["NormalizedInstanceHours"] == 8 + 2 * 16
    [_, core] = clusters.emr.list_instance_groups(ClusterId=cluster)["InstanceGroups"]
    assert (core["RunningInstanceCount"], core["Market"], core["Status"]["State"]) == (2, "SPOT", "RUNNING")
    with refused("InvalidRequestException", "groups, not fleets"):
        clusters.emr.list_instance_fleets(ClusterId=cluster)
    assert clusters.emr.list_bootstrap_actions(ClusterId=cluster)["BootstrapActions"] == []


def test_a_cluster_without_keep_alive_ends_after_its_steps(clusters: Clusters) -> None:
    clusters.request["Instances"]["KeepJobFlowAliveWhenNoSteps"] = False
    step = {"Name": "only", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["true"]}}
    cluster = clusters.run(Steps=[step])
    ended = clusters.until(cluster, "TERMINATED")
    assert ended["Status"]["StateChangeReason"] == {"Code": "ALL_STEPS_COMPLETED", "Message": "Steps completed"}
    assert ended["AutoTerminate"] is True
    [done] = clusters.emr.list_steps(ClusterId=cluster)["Steps"]
    assert (done["Name"], done["Status"]["State"]) == ("only", "COMPLETED")


def test_an_idle_cluster_ends_and_a_busy_one_does_not(clusters: Clusters) -> None:
    policy = {"IdleTimeout": 60}
    cluster = clusters.run(AutoTerminationPolicy=policy)
    clusters.until(cluster, "WAITING")
    # Real work takes its time: two seconds are three times the shortened idle timeout.
    clusters.step_until(cluster, clusters.add(cluster, "sleep", "2"), "COMPLETED")
    assert clusters.emr.get_auto_termination_policy(ClusterId=cluster)["AutoTerminationPolicy"] == policy
    assert "idle for 60 seconds" in clusters.until(cluster, "TERMINATED")["Status"]["StateChangeReason"]["Message"]


def test_an_idle_timeout_can_be_put_and_removed(clusters: Clusters) -> None:
    cluster = clusters.run()
    with refused("ValidationException", "from 60 to 604800"):
        clusters.emr.put_auto_termination_policy(ClusterId=cluster, AutoTerminationPolicy={"IdleTimeout": 59})
    clusters.emr.put_auto_termination_policy(ClusterId=cluster, AutoTerminationPolicy={"IdleTimeout": 600})
    clusters.emr.remove_auto_termination_policy(ClusterId=cluster)
    assert "AutoTerminationPolicy" not in clusters.emr.get_auto_termination_policy(ClusterId=cluster)


def test_a_protected_cluster_is_not_terminated(clusters: Clusters) -> None:
    clusters.request["Instances"]["TerminationProtected"] = True
    cluster = clusters.run()
    with refused("ValidationException", "Could not shut down one or more job flows since they are termination protect"):
        clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    assert clusters.describe(cluster)["Status"]["State"] == "STARTING"
    clusters.emr.set_termination_protection(JobFlowIds=[cluster], TerminationProtected=False)
    clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    clusters.until(cluster, "TERMINATED")
    with refused("ValidationException", "shutting down, terminated, or finished may not be modified"):
        clusters.add(cluster, "true")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"ReleaseLabel": "emr-7"}, "release label is invalid: emr-7"),
        ({"JobFlowRole": "missing"}, "Invalid InstanceProfile: missing"),
        ({"ServiceRole": ""}, "ServiceRole is required"),
        ({"LogUri": "logs/"}, "LogUri must be s3://"),
        ({"AutoTerminationPolicy": {"IdleTimeout": 604801}}, "from 60 to 604800 seconds, not 604801"),
        ({"StepConcurrencyLevel": 257}, "from 1 to 256"),
        ({"SecurityConfiguration": "missing"}, "'missing' does not exist"),
        ({"BootstrapActions": [{"Name": "b", "ScriptBootstrapAction": {"Path": "s3://b/k"}}]}, "BootstrapActions"),
        ({"Name": None}, "'name' failed|Value null at 'Name'"),
    ],
)
def test_a_request_that_aws_refuses_is_refused(clusters: Clusters, change: dict[str, Any], complaint: str) -> None:
    request = {key: value for key, value in {**clusters.request, **change}.items() if value is not None}
    with refused("ValidationException", complaint):
        clusters.client("emr", parameter_validation=False).run_job_flow(**request)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"InstanceFleets": None}, "specify one of InstanceFleets, InstanceGroups"),
        ({"InstanceFleets": [{"InstanceFleetType": "CORE"}]}, "exactly one MASTER"),
        ({"InstanceFleets": [{"InstanceFleetType": "MASTER"}]}, "1 to 5 InstanceTypeConfigs, not 0"),
        ({"Ec2SubnetId": "subnet-0"}, "Ec2SubnetId or Ec2SubnetIds"),
        ({"EmrManagedSlaveSecurityGroup": None}, "both EmrManagedMasterSecurityGroup and"),
    ],
)
def test_instances_that_do_not_make_a_cluster_are_refused(
    clusters: Clusters, change: dict[str, Any], complaint: str
) -> None:
    instances = {**clusters.request["Instances"], **change}
    with refused("ValidationException", complaint):
        clusters.run(Instances={key: value for key, value in instances.items() if value is not None})


def ends_with_errors(clusters: Clusters, **changes: Any) -> dict[str, str]:
    """The StateChangeReason of a cluster whose launch fails."""
    cluster = clusters.run(**changes)
    reason: dict[str, str] = clusters.until(cluster, "TERMINATED_WITH_ERRORS")["Status"]["StateChangeReason"]
    return reason


def test_the_service_role_must_trust_emr_for_this_account(clusters: Clusters, client: Client) -> None:
    condition = {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    set_trust(client, clusters.service_role, "elasticmapreduce.amazonaws.com", condition)
    reason = ends_with_errors(clusters)
    assert reason == {"Code": "VALIDATION_ERROR", "Message": f"EMR service role {clusters.service_role} is invalid"}


def test_a_trust_for_the_clusters_of_this_account_suffices(clusters: Clusters, client: Client) -> None:
    own = "arn:aws:elasticmapreduce:us-east-1:000000000000:*"
    condition = {"StringEquals": {"aws:SourceAccount": "000000000000"}, "ArnLike": {"aws:SourceArn": own}}
    set_trust(client, clusters.service_role, "elasticmapreduce.amazonaws.com", condition)
    clusters.until(clusters.run(), "WAITING")


def test_the_managed_policy_covers_only_what_is_tagged_for_it(clusters: Clusters, client: Client) -> None:
    insufficient = f"Service role {clusters.service_role} has insufficient EC2 permissions. EC2 Message: "
    reason = ends_with_errors(clusters, Tags=[])
    assert reason["Code"] == "VALIDATION_ERROR" and reason["Message"].startswith(insufficient)
    assert "ec2:CreateLaunchTemplate" in reason["Message"]
    untag = {"Tags": [{"Key": FOR_EMR["Key"]}]}
    client("ec2").delete_tags(Resources=[clusters.groups["service"]], **untag)
    denied = f"ec2:CreateNetworkInterface on resource: {EC2}:security-group/{clusters.groups['service']}"
    assert denied in ends_with_errors(clusters)["Message"]
    client("ec2").delete_tags(Resources=[clusters.subnet], **untag)
    assert f"ec2:RunInstances on resource: {EC2}:subnet/{clusters.subnet}" in ends_with_errors(clusters)["Message"]


def test_the_service_role_must_pass_the_instance_role(clusters: Clusters, client: Client) -> None:
    client("iam").delete_role_policy(RoleName=clusters.service_role.rsplit("/", 1)[-1], PolicyName="inline")
    message = ends_with_errors(clusters)["Message"]
    assert f"iam:PassRole on resource: {clusters.instance_role}" in message


def test_instances_without_credentials_fail_to_bootstrap(clusters: Clusters, client: Client) -> None:
    set_trust(client, clusters.instance_role, "lambda.amazonaws.com")
    reason = ends_with_errors(clusters)
    assert reason["Code"] == "BOOTSTRAP_FAILURE" and "does not trust ec2.amazonaws.com" in reason["Message"]


def test_a_network_that_does_not_exist_fails_the_launch(clusters: Clusters) -> None:
    instances = clusters.request["Instances"]
    reason = ends_with_errors(clusters, Instances={**instances, "Ec2SubnetIds": ["subnet-0"]})
    assert reason == {"Code": "VALIDATION_ERROR", "Message": "The subnet ID 'subnet-0' does not exist"}
    reason = ends_with_errors(clusters, Instances={**instances, "ServiceAccessSecurityGroup": "sg-0"})
    assert "The security group 'sg-0' does not exist" in reason["Message"]


def test_a_private_subnet_needs_a_way_to_s3_and_for_emr(
    client: Client, make_role: Callable[..., str], unique: Callable[[str], str]
) -> None:
    clusters = make_clusters(client, make_role, unique, private=True)
    instances, ec2 = dict(clusters.request["Instances"]), client("ec2")
    del instances["ServiceAccessSecurityGroup"]
    assert (
        "must also specify a ServiceAccessSecurityGroup" in ends_with_errors(clusters, Instances=instances)["Message"]
    )
    ours = [{"Name": "vpc-id", "Values": [clusters.vpc]}]
    [endpoint] = [
        e["VpcEndpointId"]
        for e in ec2.describe_vpc_endpoints(Filters=ours)["VpcEndpoints"]
        if e["VpcId"] == clusters.vpc
    ]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    assert "No route to any external sources" in ends_with_errors(clusters)["Message"]


def test_the_service_access_group_must_let_the_primary_node_in(clusters: Clusters, client: Client) -> None:
    service, primary = clusters.groups["service"], clusters.groups["primary"]
    client("ec2").revoke_security_group_ingress(GroupId=service, IpPermissions=[nodes_report(primary)])
    message = ends_with_errors(clusters)["Message"]
    assert "missing ingress rule from EmrManagedMasterSecurityGroup on port 9443" in message


def test_nodes_without_an_egress_rule_cannot_install_anything(clusters: Clusters, client: Client) -> None:
    [group] = client("ec2").describe_security_groups(GroupIds=[clusters.groups["core"]])["SecurityGroups"]
    client("ec2").revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
    assert ends_with_errors(clusters)["Code"] == "BOOTSTRAP_FAILURE"


def run_statements(clusters: Clusters) -> list[dict[str, Any]]:
    """What it takes to run a cluster, in the order of the test below."""
    tagged = {"StringEquals": {"elasticmapreduce:RequestTag/team": "covid"}}

    def passed(service: str) -> dict[str, Any]:
        return {"StringEquals": {"iam:PassedToService": service}}

    return [
        {"Action": "elasticmapreduce:RunJobFlow", "Resource": "*", "Condition": tagged},
        {"Action": "elasticmapreduce:AddTags", "Resource": ANY_CLUSTER, "Condition": tagged},
        {"Action": "elasticmapreduce:PutAutoTerminationPolicy", "Resource": ANY_CLUSTER},
        {
            "Action": "iam:PassRole",
            "Resource": clusters.service_role,
            "Condition": passed("elasticmapreduce.amazonaws.com"),
        },
        {"Action": "iam:PassRole", "Resource": clusters.instance_role, "Condition": passed("ec2.amazonaws.com")},
    ]


@pytest.mark.parametrize(
    ("missing", "action"),
    [
        (0, "RunJobFlow"),
        (1, "AddTags"),
        (2, "PutAutoTerminationPolicy"),
        (3, "iam:PassRole on resource: .*{service}"),
        (4, "iam:PassRole on resource: .*{instance}"),
        (None, ""),
    ],
)
def test_a_caller_needs_each_permission(
    clusters: Clusters,
    client: Client,
    make_role: Callable[..., str],
    credentials_of: Callable[[str], dict[str, str]],
    missing: int | None,
    action: str,
) -> None:
    given = [{"Effect": "Allow", **s} for at, s in enumerate(run_statements(clusters)) if at != missing]
    emr = client("emr", credentials_of(make_role("lambda.amazonaws.com", given)))
    tags = [FOR_EMR, {"Key": "team", "Value": "covid"}]
    request = {**clusters.request, "Tags": tags, "AutoTerminationPolicy": {"IdleTimeout": 3600}}
    if missing is None:
        assert emr.run_job_flow(**request)["JobFlowId"].startswith("j-")
        return
    expected = action.format(service=clusters.service_role, instance=clusters.instance_role)
    with refused("AccessDeniedException", expected):
        emr.run_job_flow(**request)


def test_permissions_can_depend_on_a_clusters_tags(
    clusters: Clusters, client: Client, make_role: Callable[..., str], credentials_of: Callable[[str], dict[str, str]]
) -> None:
    own = {"StringEquals": {"elasticmapreduce:ResourceTag/team": "covid"}}
    actions = ["elasticmapreduce:TerminateJobFlows", "elasticmapreduce:DescribeCluster"]
    allowed = {"Effect": "Allow", "Action": actions, "Resource": ANY_CLUSTER, "Condition": own}
    emr = client("emr", credentials_of(make_role("lambda.amazonaws.com", [allowed])))
    ours = clusters.run(Tags=[FOR_EMR, {"Key": "team", "Value": "covid"}])
    theirs = clusters.run()
    emr.describe_cluster(ClusterId=ours)
    for request in ([theirs], [ours, theirs]):
        with refused("AccessDeniedException", f"TerminateJobFlows on resource: .*{theirs}"):
            emr.terminate_job_flows(JobFlowIds=request)
    emr.terminate_job_flows(JobFlowIds=[ours])
    clusters.until(ours, "TERMINATED")


def test_the_first_cluster_of_an_account_needs_the_service_linked_role(
    tmp_path: Path, unique: Callable[[str], str]
) -> None:
    emulator = start_emulator(tmp_path)
    try:
        clusters, role = clusters_of(emulator.client, unique)
        keys = emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        clusters.emr = emulator.client("emr", keys)
        assert "Service-linked role 'AWSServiceRoleForEMRCleanup'" in ends_with_errors(clusters)["Message"]
        statement = {
            "Effect": "Allow",
            "Action": "iam:CreateServiceLinkedRole",
            "Resource": "arn:aws:iam::*:role/aws-service-role/elasticmapreduce.amazonaws.com/*",
            "Condition": {"StringEquals": {"iam:AWSServiceName": "elasticmapreduce.amazonaws.com"}},
        }
        put_policy(emulator.client, role, "linked", statement)
        clusters.until(clusters.run(), "WAITING")
        emulator.client("iam").get_role(RoleName="AWSServiceRoleForEMRCleanup")
    finally:
        emulator.stop()


def clusters_of(client: Client, unique: Callable[[str], str]) -> tuple[Clusters, str]:
    """Clusters of an emulator of one's own, and a role that may do everything but make service-linked roles."""

    def make_role(service: str, statements: list[dict[str, Any]] | None = None) -> str:
        name = unique("own-role")
        principal = {"Service": service, "AWS": "arn:aws:iam::000000000000:root"}
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        arn: str = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        put_policy(client, arn, "inline", *(statements or []))
        return arn

    clusters = make_clusters(client, make_role, unique)
    allowed = {"Effect": "Allow", "Action": ["elasticmapreduce:*", "iam:PassRole"], "Resource": "*"}
    return clusters, make_role("lambda.amazonaws.com", [allowed])


def put_policy(client: Client, role: str, name: str, *statements: dict[str, Any]) -> None:
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        client("iam").put_role_policy(RoleName=role.rsplit("/", 1)[-1], PolicyName=name, PolicyDocument=document)


def test_what_does_not_exist_is_named(clusters: Clusters, client: Client) -> None:
    emr = client("emr")
    with refused("InvalidRequestException", "Cluster id 'j-0' is not valid"):
        emr.describe_cluster(ClusterId="j-0")
    with refused("ValidationException", "Specified job flow ID does not exist"):
        emr.terminate_job_flows(JobFlowIds=["j-0"])
    with refused("InvalidRequestException", "Step id 's-0' is not valid"):
        emr.describe_step(ClusterId=clusters.run(), StepId="s-0")


def test_an_operation_that_is_not_here_says_so(client: Client) -> None:
    with refused("InternalServerException", "AddInstanceFleet is not part of the local AWS"):
        client("emr").add_instance_fleet(ClusterId="j-0", InstanceFleet={"InstanceFleetType": "TASK"})


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
    old = clusters.emr.list_clusters(CreatedBefore=before)["Clusters"]
    assert not made & {cluster["Id"] for cluster in old}


def test_tags_are_added_replaced_and_removed_and_shown_while_it_lives(clusters: Clusters, client: Client) -> None:
    cluster = clusters.run()
    clusters.emr.add_tags(ResourceId=cluster, Tags=[{"Key": "run", "Value": "1"}, {"Key": "gone", "Value": ""}])
    clusters.emr.add_tags(ResourceId=cluster, Tags=[{"Key": "run", "Value": cluster}])
    clusters.emr.remove_tags(ResourceId=cluster, TagKeys=["gone"])
    described = clusters.until(cluster, "WAITING")
    assert described["Tags"] == [FOR_EMR, {"Key": "run", "Value": cluster}]

    def shown() -> list[str]:
        wanted = [{"Key": "run", "Values": [cluster]}]
        found = client("resourcegroupstaggingapi").get_resources(TagFilters=wanted)["ResourceTagMappingList"]
        return [item["ResourceARN"] for item in found]

    assert shown() == [described["ClusterArn"]]
    clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    clusters.until(cluster, "TERMINATED")
    assert shown() == []


def test_events_tell_of_each_state(clusters: Clusters, client: Client, unique: Callable[[str], str]) -> None:
    name, rules = unique("cluster-events"), client("events")
    pattern = {"source": ["aws.emr"], "detail": {"name": [name, f"{name} step"]}}
    rule = rules.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
    queue = Queue(client("sqs"), name, from_service("events.amazonaws.com", name, rule))
    rules.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue.arn}])
    cluster = clusters.run(Name=name)
    clusters.until(cluster, "WAITING")
    step = clusters.add(cluster, "false", Name=f"{name} step", ActionOnFailure="TERMINATE_CLUSTER")
    clusters.until(cluster, "TERMINATED_WITH_ERRORS")
    seen = [json.loads(queue.next()["Body"]) for _ in range(7)]
    states = {(event["detail-type"], event["detail"]["state"]) for event in seen}
    of_cluster = ("STARTING", "WAITING", "RUNNING", "TERMINATED_WITH_ERRORS")
    assert states == {
        *(("EMR Cluster State Change", state) for state in of_cluster),
        *(("EMR Step Status Change", state) for state in ("PENDING", "RUNNING", "FAILED")),
    }
    by_state = {event["detail"]["state"]: event["detail"] for event in seen}
    failed, ended = by_state["FAILED"], by_state["TERMINATED_WITH_ERRORS"]
    assert (failed["stepId"], failed["clusterId"], failed["severity"]) == (step, cluster, "ERROR")
    assert failed["actionOnFailure"] == "TERMINATE_CLUSTER"
    assert json.loads(ended["stateChangeReason"]) == {"code": "STEP_FAILURE", "message": "Shut down as step failed"}
    assert (ended["severity"], ended["clusterId"]) == ("CRITICAL", cluster)


def test_security_configurations_are_kept(clusters: Clusters, unique: Callable[[str], str]) -> None:
    name, document = unique("security"), json.dumps({"EncryptionConfiguration": {}})
    clusters.emr.create_security_configuration(Name=name, SecurityConfiguration=document)
    assert clusters.emr.describe_security_configuration(Name=name)["SecurityConfiguration"] == document
    assert clusters.describe(clusters.run(SecurityConfiguration=name))["SecurityConfiguration"] == name
    clusters.emr.delete_security_configuration(Name=name)
    with refused("InvalidRequestException", "does not exist"):
        clusters.emr.describe_security_configuration(Name=name)


def test_a_cluster_ends_with_the_emulator_and_says_so(tmp_path: Path, unique: Callable[[str], str]) -> None:
    emulator = start_emulator(tmp_path)
    clusters, _ = clusters_of(emulator.client, unique)
    cluster, ended = clusters.run(), clusters.run()
    clusters.until(cluster, "WAITING")
    clusters.emr.terminate_job_flows(JobFlowIds=[ended])
    clusters.until(ended, "TERMINATED")
    running, pending = clusters.add(cluster, "sleep", "300"), clusters.add(cluster, "true")
    clusters.step_until(cluster, running, "RUNNING")
    time.sleep(3)  # longer than the time between two saves of the state
    emulator.kill()
    again = start_emulator(tmp_path)
    try:
        clusters.emr = again.client("emr")
        status = clusters.describe(cluster)["Status"]
        assert status["State"] == "TERMINATED_WITH_ERRORS" and "emulator was stopped" in str(status)
        assert clusters.step(cluster, running)["Status"]["State"] == "FAILED"
        assert clusters.step(cluster, pending)["Status"]["State"] == "CANCELLED"
        assert clusters.describe(ended)["Status"]["State"] == "TERMINATED"
    finally:
        again.stop()
