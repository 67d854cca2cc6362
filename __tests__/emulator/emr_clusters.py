"""Clusters with the network, roles and bucket that they need."""

from dataclasses import dataclass, field
from typing import Any

from account import Client, allow, make_role, passed_to, unique
from waiting import until_state

FOR_EMR = {"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"}
POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2"
AGENT_ACTIONS = (
    *("logs:CreateLogStream", "logs:PutLogEvents", "logs:PutRetentionPolicy"),
    *("logs:DescribeLogGroups", "logs:DescribeLogStreams"),
)
"""The permissions of EMR's CloudWatch agent."""
ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS")
STEP_ENDED = ("COMPLETED", "FAILED", "CANCELLED", "INTERRUPTED")


@dataclass
class Clusters:
    """The resources of a test's clusters; `request` contains the parameters of RunJobFlow."""

    client: Client
    bucket: str
    subnet: str
    vpc: str
    groups: dict[str, str]
    service_role: str
    instance_role: str
    request: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.emr = self.client("emr")
        fleet = {"TargetOnDemandCapacity": 1, "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge"}]}
        self.request = {
            "Name": "covid",
            "ReleaseLabel": "emr-7.13.0",
            "LogUri": f"s3://{self.bucket}/logs/",
            "Applications": [{"Name": "Spark"}, {"Name": "AmazonCloudWatchAgent"}],
            "ServiceRole": self.service_role,
            "JobFlowRole": self.instance_role.rsplit("/", 1)[-1],
            "Tags": [FOR_EMR],
            "Instances": {
                "KeepJobFlowAliveWhenNoSteps": True,
                "InstanceFleets": [
                    {"InstanceFleetType": "MASTER", "Name": "primary", **fleet},
                    {"InstanceFleetType": "CORE", "Name": "core", **fleet},
                ],
                "Ec2SubnetIds": [self.subnet],
                "EmrManagedMasterSecurityGroup": self.groups["primary"],
                "EmrManagedSlaveSecurityGroup": self.groups["core"],
                "ServiceAccessSecurityGroup": self.groups["service"],
            },
        }

    def run(self, **changes: Any) -> str:
        """RunJobFlow; `changes` replace whole fields."""
        cluster: str = self.emr.run_job_flow(**{**self.request, **changes})["JobFlowId"]
        return cluster

    def describe(self, cluster: str) -> dict[str, Any]:
        found: dict[str, Any] = self.emr.describe_cluster(ClusterId=cluster)["Cluster"]
        return found

    def until(self, cluster: str, *states: str) -> dict[str, Any]:
        """Wait for one of `states`; returns the cluster. AssertionError when it ends in another state."""
        return until_state(lambda: self.describe(cluster), _state, states, ENDED)

    def add(self, cluster: str, *args: str, **changes: Any) -> str:
        """The id of a new step: see `step_running`."""
        step = step_running(*args, **changes)
        added: str = self.emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step])["StepIds"][0]
        return added

    def step(self, cluster: str, step: str) -> dict[str, Any]:
        found: dict[str, Any] = self.emr.describe_step(ClusterId=cluster, StepId=step)["Step"]
        return found

    def step_until(self, cluster: str, step: str, *states: str) -> dict[str, Any]:
        return until_state(lambda: self.step(cluster, step), _state, states, STEP_ENDED)

    def program(self, source: str, name: str = "main.py") -> str:
        self.client("s3").put_object(Bucket=self.bucket, Key=f"jobs/{name}", Body=source.encode())
        return f"s3://{self.bucket}/jobs/{name}"


def step_running(*args: str, **changes: Any) -> dict[str, Any]:
    """A step that runs `args` by command-runner.jar; `changes` replace whole fields."""
    jar = {"Jar": "command-runner.jar", "Args": list(args)}
    return {"Name": "step", "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar, **changes}


def make_clusters(client: Client, *, private: bool = False) -> Clusters:
    """Resources tagged for EMR; the subnet has a route to the internet, or with `private` only to S3."""
    bucket, ec2 = unique("emr-bucket"), client("ec2")
    client("s3").create_bucket(Bucket=bucket)
    vpc, subnet = make_subnet(ec2, private=private)
    groups = make_groups(ec2, vpc)
    instance_role = make_role(client, "ec2.amazonaws.com", instance_statements(bucket))
    make_profile(client("iam"), instance_role)
    pass_role = allow("iam:PassRole", instance_role, passed_to("ec2.amazonaws.com"))
    service_role = make_role(client, "elasticmapreduce.amazonaws.com", [pass_role])
    client("iam").attach_role_policy(RoleName=service_role.rsplit("/", 1)[-1], PolicyArn=POLICY)
    return Clusters(client, bucket, subnet, vpc, groups, service_role, instance_role)


def make_subnet(ec2: Any, *, private: bool) -> tuple[str, str]:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc"))["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", TagSpecifications=tagged("subnet"))["Subnet"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet["SubnetId"])
    if private:
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[table])
    else:
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    return vpc, subnet["SubnetId"]


def make_groups(ec2: Any, vpc: str) -> dict[str, str]:
    groups = {
        name: ec2.create_security_group(
            GroupName=unique(name), Description=name, VpcId=vpc, TagSpecifications=tagged("security-group")
        )["GroupId"]
        for name in ("primary", "core", "service")
    }
    ec2.authorize_security_group_ingress(GroupId=groups["service"], IpPermissions=[nodes_report(groups["primary"])])
    return groups


def nodes_report(primary: str) -> dict[str, Any]:
    """The rule that allows the primary node to reach EMR."""
    return {"IpProtocol": "tcp", "FromPort": 9443, "ToPort": 9443, "UserIdGroupPairs": [{"GroupId": primary}]}


def tagged(kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [FOR_EMR]}]


def make_profile(iam: Any, role: str) -> None:
    name = role.rsplit("/", 1)[-1]
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)


def instance_statements(bucket: str) -> list[dict[str, Any]]:
    return [
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/jobs/*"),
        allow(
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            [f"arn:aws:s3:::{bucket}/logs/*", f"arn:aws:s3:::{bucket}/output/*"],
        ),
        allow("s3:ListBucket", f"arn:aws:s3:::{bucket}"),
        allow([*AGENT_ACTIONS]),
    ]


def _state(found: dict[str, Any]) -> str:
    return str(found["Status"]["State"])
