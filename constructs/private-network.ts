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
  /** What may pass the endpoint to S3. */
  readonly s3Statements: readonly PolicyStatement[];
  /** Further tags, e.g. those that EMR's managed policies ask for. */
  readonly tags: Readonly<Record<string, string>>;
  /**
   * EC2 instance types that are to run here: the subnet is in the zone that offers most of them.
   * @default the first zone
   */
  readonly instanceTypes?: readonly string[];
  /**
   * Services other than S3 that must be reached, e.g. `logs`; each costs by the hour.
   * @default none
   */
  readonly interfaceEndpoints?: readonly string[];
}

/** Addresses of the VPC, and of its one subnet. */
const CIDR = '10.20.0.0/16';
const SUBNET_CIDR = '10.20.0.0/24';

/** More than any setting can have; of three digits. */
const MAX_TYPES = 999;

/**
 * VPC with one private subnet and a gateway endpoint to S3. It has no connection to the internet, and nothing
 * here costs money unless an interface endpoint is asked for: no NAT gateway, no public address.
 */
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
        this.reach(service, props),
      ]),
    );
  }

  /** Zones of one region differ in what they offer, and their names differ from account to account. */
  private chooseZone(zones: DataAwsAvailabilityZones, types: readonly string[] | undefined): string {
    if (types === undefined) return Token.asString(Fn.element(zones.names, 0));
    const offerings = new DataAwsEc2InstanceTypeOfferings(this, 'Offerings', {
      locationType: 'availability-zone',
      filter: [{ name: 'instance-type', values: [...new Set(types)] }],
    });
    const names = `data.aws_availability_zones.${zones.friendlyUniqueId}.names`;
    const locations = `data.aws_ec2_instance_type_offerings.${offerings.friendlyUniqueId}.locations`;
    // Sorted by how many types are missing, and then by name: the number has three digits and a space behind it.
    const missing = `${MAX_TYPES} - length([for each in ${locations} : each if each == zone])`;
    return `\${substr(sort([for zone in ${names} : format("%03d %s", ${missing}, zone)])[0], 4, -1)}`;
  }

  /** Security group of a new interface endpoint. */
  private reach(service: string, props: PrivateNetworkProps): string {
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
