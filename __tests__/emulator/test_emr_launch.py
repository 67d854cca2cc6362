"""EMR's checks before a cluster runs: caller, network, roles and the service role's policies."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from account import Client, allow, document, make_role, passed_to, put_policy, rejected, set_trust, trusting
from emr_clusters import FOR_EMR, Clusters, make_clusters, nodes_report, tagged
from running_emulator import start_emulator

EC2 = "arn:aws:ec2:us-east-1:000000000000"
ANY_CLUSTER = "arn:aws:elasticmapreduce:us-east-1:000000000000:cluster/*"
EMR = {"Service": "elasticmapreduce.amazonaws.com"}


def ends_with_errors(clusters: Clusters, **changes: Any) -> dict[str, str]:
    """The StateChangeReason of a cluster that fails to start."""
    cluster = clusters.run(**changes)
    reason: dict[str, str] = clusters.until(cluster, "TERMINATED_WITH_ERRORS")["Status"]["StateChangeReason"]
    return reason


def instances(clusters: Clusters) -> dict[str, Any]:
    members: dict[str, Any] = clusters.request["Instances"]
    return members


def trust_another_account(clusters: Clusters) -> None:
    condition = {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    set_trust(clusters.client, clusters.service_role, trusting(EMR, condition))


def remove_the_pass_role_policy(clusters: Clusters) -> None:
    name = clusters.service_role.rsplit("/", 1)[-1]
    clusters.client("iam").delete_role_policy(RoleName=name, PolicyName="inline")


def remove_the_s3_endpoint(clusters: Clusters) -> None:
    ec2 = clusters.client("ec2")
    found = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[e["VpcEndpointId"] for e in found if e["VpcId"] == clusters.vpc])


def remove_the_rule_for_the_primary_node(clusters: Clusters) -> None:
    rule = nodes_report(clusters.groups["primary"])
    clusters.client("ec2").revoke_security_group_ingress(GroupId=clusters.groups["service"], IpPermissions=[rule])


def remove_the_egress_rules(clusters: Clusters) -> None:
    ec2 = clusters.client("ec2")
    [group] = ec2.describe_security_groups(GroupIds=[clusters.groups["core"]])["SecurityGroups"]
    ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])


def allow_egress_to_the_network_only(clusters: Clusters) -> None:
    remove_the_egress_rules(clusters)
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    clusters.client("ec2").authorize_security_group_egress(GroupId=clusters.groups["core"], IpPermissions=[rule])


def deny_in_the_endpoint_policy(bucket: str) -> Callable[[Clusters], None]:
    def deny(clusters: Clusters) -> None:
        ec2 = clusters.client("ec2")
        [endpoint] = [e for e in ec2.describe_vpc_endpoints()["VpcEndpoints"] if e["VpcId"] == clusters.vpc]
        assert json.loads(endpoint["PolicyDocument"])["Statement"][0]["Action"] == "*"
        denied = {**allow("*", f"arn:aws:s3:::{bucket}/*"), "Effect": "Deny"}
        statements = [{**each, "Principal": "*"} for each in (allow("*"), denied)]
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], PolicyDocument=document(*statements))

    return deny


def untag(kind: str) -> Callable[[Clusters], None]:
    def remove(clusters: Clusters) -> None:
        resource = clusters.subnet if kind == "subnet" else clusters.groups[kind]
        clusters.client("ec2").delete_tags(Resources=[resource], Tags=[{"Key": FOR_EMR["Key"]}])

    return remove


INSUFFICIENT = "Service role {service_role} has insufficient EC2 permissions. EC2 Message: "
NOT_BOOTSTRAPPED = "application provisioning failed: "
FAILURES: dict[str, tuple[Callable[[Clusters], Any], str]] = {
    "a service role of another account": (trust_another_account, "EMR service role {service_role} is invalid"),
    "a cluster without EMR's tag": (lambda c: c.request.update(Tags=[]), INSUFFICIENT),
    "a security group without EMR's tag": (untag("service"), "CreateNetworkInterface on resource: .*{groups[service]}"),
    "a subnet without EMR's tag": (untag("subnet"), "ec2:RunInstances on resource: .*{subnet}"),
    "no permission to pass the instance role": (
        remove_the_pass_role_policy,
        "iam:PassRole on resource: {instance_role}",
    ),
    "instances without credentials": (
        lambda c: set_trust(c.client, c.instance_role, trusting({"Service": "lambda.amazonaws.com"})),
        f"{NOT_BOOTSTRAPPED}role .* does not trust ec2.amazonaws.com",
    ),
    "a subnet that does not exist": (
        lambda c: instances(c).update(Ec2SubnetIds=["subnet-0"]),
        "The subnet ID 'subnet-0' does not exist",
    ),
    "a security group that does not exist": (
        lambda c: instances(c).update(ServiceAccessSecurityGroup="sg-0"),
        "The security group 'sg-0' does not exist",
    ),
    "a private subnet without a group for EMR": (
        lambda c: instances(c).pop("ServiceAccessSecurityGroup"),
        "must also specify a ServiceAccessSecurityGroup",
    ),
    "a private subnet without a route to S3": (remove_the_s3_endpoint, "No route to any external sources"),
    "a primary node that cannot reach EMR": (remove_the_rule_for_the_primary_node, "missing ingress .* port 9443"),
    "nodes without an egress rule": (remove_the_egress_rules, f"{NOT_BOOTSTRAPPED}security group .* has no egress"),
    "nodes without egress to S3": (
        allow_egress_to_the_network_only,
        f"{NOT_BOOTSTRAPPED}security group .* has no egress",
    ),
    "an endpoint that denies packages of Amazon Linux": (
        deny_in_the_endpoint_policy("al2023-repos-us-east-1-de612dc2"),
        f"{NOT_BOOTSTRAPPED}the policy of endpoint vpce-.* does not allow packages in al2023-repos-us-east-1",
    ),
    "an endpoint that denies packages of EMR": (
        deny_in_the_endpoint_policy("repo.us-east-1.emr.amazonaws.com"),
        f"{NOT_BOOTSTRAPPED}the policy of endpoint vpce-.* does not allow packages in repo.us-east-1",
    ),
}


@pytest.mark.parametrize(("breaks", "message"), FAILURES.values(), ids=FAILURES)
def test_a_cluster_that_cannot_start_fails(client: Client, breaks: Callable[[Clusters], Any], message: str) -> None:
    clusters = make_clusters(client, private=True)
    breaks(clusters)
    reason = ends_with_errors(clusters)
    assert reason["Code"] == ("BOOTSTRAP_FAILURE" if NOT_BOOTSTRAPPED in message else "VALIDATION_ERROR")
    with pytest.raises(AssertionError, match=message.format(**vars(clusters))):
        raise AssertionError(reason["Message"])


def test_a_trust_policy_can_be_limited_to_clusters_of_the_account(clusters: Clusters, client: Client) -> None:
    own = "arn:aws:elasticmapreduce:us-east-1:000000000000:*"
    condition = {"StringEquals": {"aws:SourceAccount": "000000000000"}, "ArnLike": {"aws:SourceArn": own}}
    set_trust(client, clusters.service_role, trusting(EMR, condition))
    clusters.until(clusters.run(), "WAITING")


def run_statements(clusters: Clusters) -> list[dict[str, Any]]:
    """The permissions to run a cluster, in the order of the table below."""
    requested = {"StringEquals": {"elasticmapreduce:RequestTag/team": "covid"}}
    return [
        allow("elasticmapreduce:RunJobFlow", "*", requested),
        allow("elasticmapreduce:AddTags", ANY_CLUSTER, requested),
        allow("elasticmapreduce:PutAutoTerminationPolicy", ANY_CLUSTER),
        allow("iam:PassRole", clusters.service_role, passed_to("elasticmapreduce.amazonaws.com")),
        allow("iam:PassRole", clusters.instance_role, passed_to("ec2.amazonaws.com")),
    ]


@pytest.mark.parametrize(
    ("missing", "action"),
    [
        (0, "RunJobFlow"),
        (1, "AddTags"),
        (2, "PutAutoTerminationPolicy"),
        (3, "iam:PassRole on resource: .*{service_role}"),
        (4, "iam:PassRole on resource: .*{instance_role}"),
        (None, ""),
    ],
)
def test_a_caller_needs_permissions(clusters: Clusters, client_with: Client, missing: int | None, action: str) -> None:
    given = [statement for at, statement in enumerate(run_statements(clusters)) if at != missing]
    emr = client_with("emr", *given)
    tags = [FOR_EMR, {"Key": "team", "Value": "covid"}]
    request = {**clusters.request, "Tags": tags, "AutoTerminationPolicy": {"IdleTimeout": 3600}}
    with rejected(None if missing is None else "AccessDeniedException", action.format(**vars(clusters))):
        assert emr.run_job_flow(**request)["JobFlowId"].startswith("j-")


def test_permissions_can_depend_on_tags_of_the_cluster(clusters: Clusters, client_with: Client) -> None:
    own = {"StringEquals": {"elasticmapreduce:ResourceTag/team": "covid"}}
    actions = ["elasticmapreduce:TerminateJobFlows", "elasticmapreduce:DescribeCluster"]
    emr = client_with("emr", allow(actions, ANY_CLUSTER, own))
    ours = clusters.run(Tags=[FOR_EMR, {"Key": "team", "Value": "covid"}])
    theirs = clusters.run()
    emr.describe_cluster(ClusterId=ours)
    for request in ([theirs], [ours, theirs]):
        with rejected("AccessDeniedException", f"TerminateJobFlows on resource: .*{theirs}"):
            emr.terminate_job_flows(JobFlowIds=request)
    emr.terminate_job_flows(JobFlowIds=[ours])
    clusters.until(ours, "TERMINATED")


def linking(role: str, service: str) -> dict[str, Any]:
    """A statement that allows to create the service-linked role of a service."""
    arn = f"arn:aws:iam::*:role/aws-service-role/{role}"
    return allow("iam:CreateServiceLinkedRole", arn, {"StringEquals": {"iam:AWSServiceName": service}})


def test_the_first_cluster_and_the_first_spot_instance_of_an_account_need_service_linked_roles(tmp_path: Path) -> None:
    with start_emulator(tmp_path) as emulator:
        clusters = make_clusters(emulator.client)
        allowed = allow(["elasticmapreduce:*", "iam:PassRole"])
        role = make_role(emulator.client, "lambda.amazonaws.com", [allowed])
        iam, as_root = emulator.client("iam"), clusters.emr
        keys = emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        clusters.emr = emulator.client("emr", keys)
        assert "Service-linked role 'AWSServiceRoleForEMRCleanup'" in ends_with_errors(clusters)["Message"]
        put_policy(emulator.client, role, "linked", linking("elasticmapreduce.amazonaws.com/*", EMR["Service"]))
        clusters.until(clusters.run(), "WAITING")
        iam.get_role(RoleName="AWSServiceRoleForEMRCleanup")

        clusters.emr = as_root
        instances(clusters)["InstanceFleets"][1].update(TargetOnDemandCapacity=0, TargetSpotCapacity=1)
        reason = ends_with_errors(clusters)
        assert "create the service-linked role for EC2 Spot Instances" in reason["Message"]
        statement = linking("spot.amazonaws.com/AWSServiceRoleForEC2Spot", "spot.amazonaws.com")
        put_policy(emulator.client, clusters.service_role, "linked", statement)
        clusters.until(clusters.run(), "WAITING")
        iam.get_role(RoleName="AWSServiceRoleForEC2Spot")
        iam.delete_role_policy(RoleName=clusters.service_role.rsplit("/", 1)[-1], PolicyName="linked")
        clusters.until(clusters.run(), "WAITING")


def test_the_first_zone_does_not_offer_the_newest_types(client: Client) -> None:
    names = {"Name": "instance-type", "Values": ["m6g.xlarge", "m7g.xlarge", "i4i.large"]}
    ec2, by_zone = client("ec2"), {"LocationType": "availability-zone"}
    found = ec2.describe_instance_type_offerings(**by_zone, Filters=[names])["InstanceTypeOfferings"]
    zones: dict[str, set[str]] = {}
    for offering in found:
        zones.setdefault(offering["Location"], set()).add(offering["InstanceType"])
    every = {"m6g.xlarge", "m7g.xlarge", "i4i.large"}
    assert zones == {"us-east-1a": every - {"m7g.xlarge"}, "us-east-1b": every, "us-east-1c": every}
    for request in (by_zone, {"Filters": [names]}):
        with rejected(r"\w+", "The local AWS supports DescribeInstanceTypeOfferings only"):
            ec2.describe_instance_type_offerings(**request)


def test_a_cluster_starts_in_a_zone_that_offers_all_its_types(clusters: Clusters, client: Client) -> None:
    ec2 = client("ec2")
    instances(clusters)["InstanceFleets"][1]["InstanceTypeConfigs"].append({"InstanceType": "r7g.xlarge"})
    reason = ends_with_errors(clusters)
    assert "r7g.xlarge is not supported in the requested availability zone us-east-1a" in reason["Message"]
    place = {"VpcId": clusters.vpc, "CidrBlock": "10.0.1.0/24", "TagSpecifications": tagged("subnet")}
    subnet = ec2.create_subnet(**place, AvailabilityZone="us-east-1b")["Subnet"]["SubnetId"]
    table = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [clusters.subnet]}])
    ec2.associate_route_table(RouteTableId=table["RouteTables"][0]["RouteTableId"], SubnetId=subnet)
    instances(clusters)["Ec2SubnetIds"] = [clusters.subnet, subnet]
    cluster = clusters.until(clusters.run(), "WAITING")
    assert cluster["Ec2InstanceAttributes"]["Ec2SubnetId"] == subnet


def test_a_rule_with_a_prefix_list_is_stored_and_allows_egress_to_s3(clusters: Clusters, client: Client) -> None:
    ec2 = client("ec2")
    named = [{"Name": "prefix-list-name", "Values": ["com.amazonaws.us-east-1.s3"]}]
    [s3] = ec2.describe_prefix_lists(Filters=named)["PrefixLists"]
    remove_the_egress_rules(clusters)
    target = {"PrefixListId": s3["PrefixListId"], "Description": "S3"}
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [target]}
    group = clusters.groups["core"]
    tags = [{"ResourceType": "security-group-rule", "Tags": [FOR_EMR]}]
    [created] = ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[https], TagSpecifications=tags)[
        "SecurityGroupRules"
    ]
    [found] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[created["SecurityGroupRuleId"]])[
        "SecurityGroupRules"
    ]
    assert (found["PrefixListId"], found["Description"], found["Tags"]) == (s3["PrefixListId"], "S3", [FOR_EMR])
    clusters.until(clusters.run(), "WAITING")
