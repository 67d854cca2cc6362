"""What EMR checks before a cluster runs: caller, network, roles, and the service role's real policies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from emr_clusters import FOR_EMR, Clusters, clusters_of, make_clusters, nodes_report
from fixture_types import Assume, Client, Make, Unique
from policies import allow, put_policy, set_trust, trusting
from refusals import refused
from running_emulator import start_emulator

EC2 = "arn:aws:ec2:us-east-1:000000000000"
ANY_CLUSTER = "arn:aws:elasticmapreduce:us-east-1:000000000000:cluster/*"


def ends_with_errors(clusters: Clusters, **changes: Any) -> dict[str, str]:
    """The StateChangeReason of a cluster whose launch fails."""
    cluster = clusters.run(**changes)
    reason: dict[str, str] = clusters.until(cluster, "TERMINATED_WITH_ERRORS")["Status"]["StateChangeReason"]
    return reason


def test_the_service_role_must_trust_emr_for_this_account(clusters: Clusters, client: Client) -> None:
    condition = {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    set_trust(client, clusters.service_role, trusting({"Service": "elasticmapreduce.amazonaws.com"}, condition))
    reason = ends_with_errors(clusters)
    assert reason == {"Code": "VALIDATION_ERROR", "Message": f"EMR service role {clusters.service_role} is invalid"}


def test_a_trust_for_the_clusters_of_this_account_suffices(clusters: Clusters, client: Client) -> None:
    own = "arn:aws:elasticmapreduce:us-east-1:000000000000:*"
    condition = {"StringEquals": {"aws:SourceAccount": "000000000000"}, "ArnLike": {"aws:SourceArn": own}}
    set_trust(client, clusters.service_role, trusting({"Service": "elasticmapreduce.amazonaws.com"}, condition))
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
    set_trust(client, clusters.instance_role, trusting({"Service": "lambda.amazonaws.com"}))
    reason = ends_with_errors(clusters)
    assert reason["Code"] == "BOOTSTRAP_FAILURE" and "does not trust ec2.amazonaws.com" in reason["Message"]


def test_a_network_that_does_not_exist_fails_the_launch(clusters: Clusters) -> None:
    instances = clusters.request["Instances"]
    reason = ends_with_errors(clusters, Instances={**instances, "Ec2SubnetIds": ["subnet-0"]})
    assert reason == {"Code": "VALIDATION_ERROR", "Message": "The subnet ID 'subnet-0' does not exist"}
    reason = ends_with_errors(clusters, Instances={**instances, "ServiceAccessSecurityGroup": "sg-0"})
    assert "The security group 'sg-0' does not exist" in reason["Message"]


def test_a_private_subnet_needs_a_way_to_s3_and_for_emr(client: Client, make_role: Make, unique: Unique) -> None:
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
    clusters: Clusters, client: Client, make_role: Make, credentials_of: Assume, missing: int | None, action: str
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
    clusters: Clusters, client: Client, make_role: Make, credentials_of: Assume
) -> None:
    own = {"StringEquals": {"elasticmapreduce:ResourceTag/team": "covid"}}
    actions = ["elasticmapreduce:TerminateJobFlows", "elasticmapreduce:DescribeCluster"]
    allowed = allow(actions, ANY_CLUSTER, own)
    emr = client("emr", credentials_of(make_role("lambda.amazonaws.com", [allowed])))
    ours = clusters.run(Tags=[FOR_EMR, {"Key": "team", "Value": "covid"}])
    theirs = clusters.run()
    emr.describe_cluster(ClusterId=ours)
    for request in ([theirs], [ours, theirs]):
        with refused("AccessDeniedException", f"TerminateJobFlows on resource: .*{theirs}"):
            emr.terminate_job_flows(JobFlowIds=request)
    emr.terminate_job_flows(JobFlowIds=[ours])
    clusters.until(ours, "TERMINATED")


def linking(role: str, service: str) -> dict[str, Any]:
    """A statement that lets make the service-linked role of a service."""
    arn = f"arn:aws:iam::*:role/aws-service-role/{role}"
    return allow("iam:CreateServiceLinkedRole", arn, {"StringEquals": {"iam:AWSServiceName": service}})


def spot_instances(clusters: Clusters) -> dict[str, Any]:
    """The request's instances with Spot workers."""
    primary, core = clusters.request["Instances"]["InstanceFleets"]
    spot = {**core, "TargetOnDemandCapacity": 0, "TargetSpotCapacity": 1}
    return {**clusters.request["Instances"], "InstanceFleets": [primary, spot]}


def test_the_first_spot_instance_of_an_account_needs_a_service_role_that_may_make_the_linked_role(
    tmp_path: Path, unique: Unique
) -> None:
    with start_emulator(tmp_path) as emulator:
        clusters, _ = clusters_of(emulator.client, unique)
        instances, iam = spot_instances(clusters), emulator.client("iam")
        clusters.until(clusters.run(), "WAITING")
        reason = ends_with_errors(clusters, Instances=instances)
        assert reason["Code"] == "VALIDATION_ERROR"
        assert "create the service-linked role for EC2 Spot Instances" in reason["Message"]
        statement = linking("spot.amazonaws.com/AWSServiceRoleForEC2Spot", "spot.amazonaws.com")
        put_policy(emulator.client, clusters.service_role, "linked", statement)
        clusters.until(clusters.run(Instances=instances), "WAITING")
        iam.get_role(RoleName="AWSServiceRoleForEC2Spot")
        iam.delete_role_policy(RoleName=clusters.service_role.rsplit("/", 1)[-1], PolicyName="linked")
        clusters.until(clusters.run(Instances=instances), "WAITING")


def test_the_first_cluster_of_an_account_needs_the_service_linked_role(tmp_path: Path, unique: Unique) -> None:
    with start_emulator(tmp_path) as emulator:
        clusters, role = clusters_of(emulator.client, unique)
        keys = emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        clusters.emr = emulator.client("emr", keys)
        assert "Service-linked role 'AWSServiceRoleForEMRCleanup'" in ends_with_errors(clusters)["Message"]
        statement = linking("elasticmapreduce.amazonaws.com/*", "elasticmapreduce.amazonaws.com")
        put_policy(emulator.client, role, "linked", statement)
        clusters.until(clusters.run(), "WAITING")
        emulator.client("iam").get_role(RoleName="AWSServiceRoleForEMRCleanup")
