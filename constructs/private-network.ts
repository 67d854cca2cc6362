import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones';
import { DataAwsEc2InstanceTypeOfferings } from '@cdktf/provider-aws/lib/data-aws-ec2-instance-type-offerings';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Fn, Token } from 'cdktf';
import { Construct } from 'constructs';
import { policyDocument, type PolicyStatement } from './support/policy-document';

export interface PrivateNetworkProps {
  /** Name tag of the VPC and its parts. */
  readonly name: string;
  readonly region: string;
  readonly s3Statements: readonly PolicyStatement[];
  /** Additional tags, e.g. the tags that the managed policies of EMR require. */
  readonly tags: Readonly<Record<string, string>>;
  /**
   * EC2 instance types of the network: the subnet is in the Availability Zone that offers most of them.
   * @default the first zone
   */
  readonly instanceTypes?: readonly string[];
  /**
   * Services with an interface endpoint, e.g. `logs`; each endpoint is billed by the hour.
   * @default none
   */
  readonly interfaceEndpoints?: readonly string[];
}

/** CIDR blocks of the VPC and its subnet. */
const CIDR = '10.20.0.0/16';
const SUBNET_CIDR = '10.20.0.0/24';

/** Greater than the number of types of any setting; three digits. */
const MAX_TYPES = 999;

/** VPC with one private subnet, a gateway endpoint to S3 and no internet access. Only interface endpoints are billed. */
export class PrivateNetwork extends Construct {
  readonly vpcId: string;
  readonly subnetIds: string[];
  /** Security groups of the interface endpoints, by service. */
  readonly endpointGroupIds: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: PrivateNetworkProps) {
    super(scope, id);
    const tags = { ...props.tags, Name: props.name };
    const zones = new DataAwsAvailabilityZones(this, 'Zones', {
      state: 'available',
      filter: [{ name: 'zone-type', values: ['availability-zone'] }],
    });
    const vpc = new Vpc(this, 'Resource', {
      cidrBlock: CIDR,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags,
    });
    const subnet = new Subnet(this, 'Subnet', {
      vpcId: vpc.id,
      cidrBlock: SUBNET_CIDR,
      availabilityZone: this.chooseZone(zones, props.instanceTypes),
      mapPublicIpOnLaunch: false,
      tags,
    });
    const routes = new RouteTable(this, 'Routes', { vpcId: vpc.id, tags });
    new RouteTableAssociation(this, 'SubnetRoutes', { subnetId: subnet.id, routeTableId: routes.id });
    new VpcEndpoint(this, 'S3Endpoint', {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${props.region}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: [routes.id],
      policy: policyDocument(props.s3Statements),
      tags,
    });
    this.vpcId = vpc.id;
    this.subnetIds = [subnet.id];
    this.endpointGroupIds = Object.fromEntries(
      (props.interfaceEndpoints ?? []).map((service): [string, string] => [
        service,
        this.createInterfaceEndpoint(service, props),
      ]),
    );
  }

  /** The Availability Zones of a region offer different instance types, and zone names differ between accounts. */
  private chooseZone(zones: DataAwsAvailabilityZones, types: readonly string[] | undefined): string {
    if (types === undefined) return Token.asString(Fn.element(zones.names, 0));
    const offerings = new DataAwsEc2InstanceTypeOfferings(this, 'Offerings', {
      locationType: 'availability-zone',
      filter: [{ name: 'instance-type', values: [...new Set(types)] }],
    });
    const names = `data.aws_availability_zones.${zones.friendlyUniqueId}.names`;
    const locations = `data.aws_ec2_instance_type_offerings.${offerings.friendlyUniqueId}.locations`;
    // Sorted by the number of missing types (three digits and a space), then by name.
    const missing = `${MAX_TYPES} - length([for each in ${locations} : each if each == zone])`;
    return `\${substr(sort([for zone in ${names} : format("%03d %s", ${missing}, zone)])[0], 4, -1)}`;
  }

  /** @returns the id of its security group */
  private createInterfaceEndpoint(service: string, props: PrivateNetworkProps): string {
    const group = new SecurityGroup(this, `${service}-access`, {
      name: `${props.name}-${service}`,
      description: `HTTPS to ${service}`,
      vpcId: this.vpcId,
      tags: { ...props.tags, Name: `${props.name}-${service}` },
    });
    new VpcSecurityGroupIngressRule(this, `${service}-https`, {
      securityGroupId: group.id,
      cidrIpv4: CIDR,
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      description: 'Everything in this network',
    });
    new VpcEndpoint(this, `${service}-endpoint`, {
      vpcId: this.vpcId,
      serviceName: `com.amazonaws.${props.region}.${service}`,
      vpcEndpointType: 'Interface',
      privateDnsEnabled: true,
      subnetIds: this.subnetIds,
      securityGroupIds: [group.id],
      tags: { ...props.tags, Name: `${props.name}-${service}` },
    });
    return group.id;
  }
}
