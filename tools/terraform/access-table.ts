/**
 * What a policy says: what its holder may do, who may become its holder, who may use its holder, or what an endpoint of
 * the network lets through.
 */
export type PolicyKind = 'permissions' | 'trust' | 'resource' | 'endpoint';

/**
 * One way in which a resource gives access. `at` is the path of an attribute, in which blocks and lists are passed
 * through: `rule.destination.account`. `of` names the attribute that says whose access it is.
 */
export type Access =
  /** The JSON of a policy. */
  | { readonly by: 'policy'; readonly at: string; readonly kind: PolicyKind; readonly of: string }
  /** ARNs of managed policies, whose content is elsewhere. */
  | { readonly by: 'managed policy'; readonly at: string; readonly of: string }
  /** Whoever gets access: an ARN, an account, a service. */
  | { readonly by: 'principal'; readonly at: string; readonly of: string }
  /** The ARN or account to which data is sent. */
  | { readonly by: 'destination'; readonly at: string }
  /** A setting that opens the resource when it has one of the values. */
  | { readonly by: 'setting'; readonly at: string; readonly open: readonly unknown[] }
  /** A setting that protects others as long as it is true, or there at all. */
  | { readonly by: 'guard'; readonly at: string; readonly protects: string }
  /** The role whose permissions the resource has when it runs; attributes of its own named like one need no entry. */
  | { readonly by: 'role'; readonly at: string }
  /** Gives access by being there. */
  | { readonly by: 'existence'; readonly what: string }
  /** Addresses, ports and routes: see network-openings.ts. */
  | { readonly by: 'network' };

const policy = (kind: PolicyKind, of: string, at: string): Access => ({ by: 'policy', at, kind, of });
const permissions = (of: string, at = 'policy'): Access => policy('permissions', of, at);
const usedBy = (of: string, at = 'policy'): Access => policy('resource', of, at);
const managed = (of: string, at: string): Access => ({ by: 'managed policy', at, of });
const principal = (at: string, of: string): Access => ({ by: 'principal', at, of });
const sendsTo = (at: string): Access => ({ by: 'destination', at });
const open = (at: string, ...values: unknown[]): Access => ({ by: 'setting', at, open: values });
const guards = (protects: string, ...at: string[]): Access[] =>
  at.map((each) => ({ by: 'guard', at: each, protects }));
const runsAs = (...at: string[]): Access[] => at.map((each) => ({ by: 'role', at: each }));
const exists = (what: string): Access => ({ by: 'existence', what });
const NETWORK: Access = { by: 'network' };

const PUBLIC_ACL = open('acl', 'public-read', 'public-read-write', 'authenticated-read');
const EVERYBODY = ['AllUsers', 'AuthenticatedUsers'].map(
  (group) => `http://acs.amazonaws.com/groups/global/${group}`,
);
const PUBLIC_BUCKET = [
  'block_public_acls',
  'block_public_policy',
  'ignore_public_acls',
  'restrict_public_buckets',
];
const PUBLIC = open('publicly_accessible', true);

/** How each type of resource gives access; types that give none are in resource-types.json. */
export const ACCESS_TABLE: Readonly<Record<string, readonly Access[]>> = {
  // IAM
  aws_iam_role: [
    policy('trust', 'name', 'assume_role_policy'),
    permissions('name', 'inline_policy.policy'),
    managed('name', 'managed_policy_arns'),
    ...guards('the permissions boundary', 'permissions_boundary'),
  ],
  aws_iam_role_policy: [permissions('role')],
  aws_iam_user_policy: [permissions('user')],
  aws_iam_group_policy: [permissions('group')],
  aws_iam_policy: [permissions('name')],
  aws_iam_role_policy_attachment: [managed('role', 'policy_arn')],
  aws_iam_user_policy_attachment: [managed('user', 'policy_arn')],
  aws_iam_group_policy_attachment: [managed('group', 'policy_arn')],
  aws_iam_policy_attachment: [
    managed('roles', 'policy_arn'),
    managed('users', 'policy_arn'),
    managed('groups', 'policy_arn'),
  ],
  aws_iam_role_policy_attachments_exclusive: [managed('role_name', 'policy_arns')],
  aws_iam_user_policy_attachments_exclusive: [managed('user_name', 'policy_arns')],
  aws_iam_group_policy_attachments_exclusive: [managed('group_name', 'policy_arns')],
  aws_iam_role_policies_exclusive: [managed('role_name', 'policy_names')],
  aws_iam_user_policies_exclusive: [managed('user_name', 'policy_names')],
  aws_iam_group_policies_exclusive: [managed('group_name', 'policy_names')],
  aws_iam_user: guards('the permissions boundary', 'permissions_boundary'),
  aws_iam_access_key: [exists('a key of a user that never expires')],
  aws_iam_user_login_profile: [exists('a password of a user')],
  aws_iam_user_ssh_key: [exists('an SSH key of a user')],
  aws_iam_service_specific_credential: [exists('a password of a user for one service')],
  aws_iam_signing_certificate: [exists('a certificate by which a user signs')],
  aws_iam_group_membership: [principal('users', 'group')],
  aws_iam_user_group_membership: [principal('user', 'groups')],
  aws_iam_openid_connect_provider: [exists('an identity provider whose users roles can trust')],
  aws_iam_saml_provider: [exists('an identity provider whose users roles can trust')],
  aws_rolesanywhere_trust_anchor: [exists('an authority whose certificates stand for roles')],
  aws_rolesanywhere_profile: [managed('name', 'managed_policy_arns'), ...runsAs('role_arns')],
  aws_organizations_policy: guards('what the organization forbids', 'content'),
  aws_organizations_policy_attachment: guards('what the organization forbids', 'policy_id'),
  aws_organizations_delegated_administrator: [principal('account_id', 'service_principal')],
  aws_organizations_resource_policy: [usedBy('id', 'content')],
  aws_ssoadmin_account_assignment: [principal('principal_id', 'permission_set_arn')],
  aws_ssoadmin_application_assignment: [principal('principal_id', 'application_arn')],
  aws_ssoadmin_permission_set_inline_policy: [permissions('permission_set_arn', 'inline_policy')],
  aws_ssoadmin_managed_policy_attachment: [managed('permission_set_arn', 'managed_policy_arn')],
  aws_ssoadmin_customer_managed_policy_attachment: [
    managed('permission_set_arn', 'customer_managed_policy_reference.name'),
  ],
  aws_ssoadmin_trusted_token_issuer: [exists('an issuer whose tokens applications trust')],
  aws_identitystore_group_membership: [principal('member_id', 'group_id')],
  aws_cognito_identity_pool: [open('allow_unauthenticated_identities', true)],
  aws_cognito_identity_pool_roles_attachment: runsAs('roles.authenticated', 'roles.unauthenticated'),
  aws_ram_resource_share: [open('allow_external_principals', true), managed('name', 'permission_arns')],
  aws_ram_principal_association: [principal('principal', 'resource_share_arn')],
  aws_ram_resource_association: [exists('a resource shared with all principals of the share')],
  aws_lakeformation_permissions: [principal('principal', 'permissions')],
  aws_lakeformation_data_lake_settings: [
    principal('admins', 'catalog_id'),
    principal('trusted_resource_owners', 'catalog_id'),
  ],
  aws_eks_access_entry: [principal('principal_arn', 'cluster_name')],
  aws_eks_access_policy_association: [principal('principal_arn', 'cluster_name')],
  aws_eks_identity_provider_config: [exists('an identity provider whose users the cluster trusts')],

  // Policies of resources
  aws_s3_bucket_policy: [usedBy('bucket')],
  aws_s3_bucket: [
    usedBy('bucket'),
    PUBLIC_ACL,
    open('grant.uri', ...EVERYBODY),
    sendsTo('replication_configuration.rules.destination.account_id'),
  ],
  aws_s3_bucket_acl: [PUBLIC_ACL, open('access_control_policy.grant.grantee.uri', ...EVERYBODY)],
  aws_s3_object: [PUBLIC_ACL],
  aws_s3_bucket_object: [PUBLIC_ACL],
  aws_s3_object_copy: [PUBLIC_ACL],
  aws_s3_bucket_public_access_block: guards('the bucket from being made public', ...PUBLIC_BUCKET),
  aws_s3_account_public_access_block: guards('all buckets from being made public', ...PUBLIC_BUCKET),
  aws_s3_bucket_ownership_controls: [open('rule.object_ownership', 'ObjectWriter')],
  aws_s3_bucket_replication_configuration: [
    sendsTo('rule.destination.account'),
    sendsTo('rule.destination.bucket'),
  ],
  aws_s3_bucket_inventory: [sendsTo('destination.bucket.account_id')],
  aws_s3_access_point: [
    usedBy('name'),
    ...guards(
      'the access point from being made public',
      ...PUBLIC_BUCKET.map((name) => `public_access_block_configuration.${name}`),
    ),
  ],
  aws_s3control_access_point_policy: [usedBy('access_point_arn')],
  aws_s3control_bucket_policy: [usedBy('bucket')],
  aws_s3control_access_grant: [principal('grantee.grantee_identifier', 'access_grants_location_id')],
  aws_s3control_access_grants_instance_resource_policy: [usedBy('account_id')],
  aws_s3control_multi_region_access_point_policy: [usedBy('details.name', 'details.policy')],
  aws_s3control_object_lambda_access_point_policy: [usedBy('name')],
  aws_s3tables_table_bucket_policy: [usedBy('table_bucket_arn', 'resource_policy')],
  aws_s3tables_table_policy: [usedBy('name', 'resource_policy')],
  aws_kms_key: [usedBy('id')],
  aws_kms_external_key: [usedBy('id')],
  aws_kms_replica_key: [usedBy('id')],
  aws_kms_replica_external_key: [usedBy('id')],
  aws_kms_key_policy: [usedBy('key_id')],
  aws_kms_grant: [principal('grantee_principal', 'key_id'), principal('retiring_principal', 'key_id')],
  aws_sqs_queue: [usedBy('name')],
  aws_sqs_queue_policy: [usedBy('queue_url')],
  aws_sns_topic: [usedBy('name')],
  aws_sns_topic_policy: [usedBy('arn')],
  aws_sns_topic_subscription: [sendsTo('endpoint')],
  aws_lambda_permission: [principal('principal', 'function_name')],
  aws_lambda_layer_version_permission: [principal('principal', 'layer_name')],
  aws_lambda_function_url: [open('authorization_type', 'NONE')],
  aws_secretsmanager_secret: [usedBy('name')],
  aws_secretsmanager_secret_policy: [usedBy('secret_arn')],
  aws_glue_resource_policy: [usedBy('id')],
  aws_cloudwatch_log_resource_policy: [usedBy('policy_name', 'policy_document')],
  aws_cloudwatch_log_destination_policy: [usedBy('destination_name', 'access_policy')],
  aws_cloudwatch_log_delivery_destination_policy: [
    usedBy('delivery_destination_name', 'delivery_destination_policy'),
  ],
  aws_cloudwatch_log_account_policy: [sendsTo('policy_document')],
  aws_cloudwatch_log_subscription_filter: [sendsTo('destination_arn')],
  aws_cloudwatch_log_destination: [sendsTo('target_arn')],
  aws_cloudwatch_event_bus_policy: [usedBy('event_bus_name')],
  aws_cloudwatch_event_permission: [principal('principal', 'event_bus_name')],
  aws_cloudwatch_event_target: [sendsTo('arn')],
  aws_scheduler_schedule: [sendsTo('target.arn'), ...runsAs('target.role_arn')],
  aws_pipes_pipe: [sendsTo('target')],
  aws_kinesis_resource_policy: [usedBy('resource_arn')],
  aws_dynamodb_resource_policy: [usedBy('resource_arn')],
  aws_ecr_repository_policy: [usedBy('repository')],
  aws_ecr_registry_policy: [usedBy('registry_id')],
  aws_ecr_repository_creation_template: [usedBy('prefix', 'repository_policy')],
  aws_ecr_replication_configuration: [sendsTo('replication_configuration.rule.destination.registry_id')],
  aws_ecrpublic_repository_policy: [usedBy('repository_name')],
  aws_efs_file_system_policy: [usedBy('file_system_id')],
  aws_backup_vault_policy: [usedBy('backup_vault_name')],
  aws_glacier_vault: [usedBy('name', 'access_policy')],
  aws_glacier_vault_lock: [usedBy('vault_name')],
  aws_api_gateway_rest_api: [usedBy('name')],
  aws_api_gateway_rest_api_policy: [usedBy('rest_api_id')],
  aws_api_gateway_domain_name: [usedBy('domain_name')],
  aws_api_gateway_method: [open('authorization', 'NONE')],
  aws_apigatewayv2_route: [open('authorization_type', 'NONE')],
  aws_appsync_api_key: [exists('a key by which anybody who has it calls the API')],
  aws_codeartifact_domain_permissions_policy: [usedBy('domain', 'policy_document')],
  aws_codeartifact_repository_permissions_policy: [usedBy('repository', 'policy_document')],
  aws_codebuild_resource_policy: [usedBy('resource_arn')],
  aws_acmpca_policy: [usedBy('resource_arn')],
  aws_acmpca_permission: [principal('principal', 'certificate_authority_arn')],
  aws_elasticsearch_domain: [usedBy('domain_name', 'access_policies')],
  aws_elasticsearch_domain_policy: [usedBy('domain_name', 'access_policies')],
  aws_opensearch_domain: [
    usedBy('domain_name', 'access_policies'),
    open('advanced_security_options.anonymous_auth_enabled', true),
  ],
  aws_opensearch_domain_policy: [usedBy('domain_name', 'access_policies')],
  aws_opensearch_authorize_vpc_endpoint_access: [principal('account', 'domain_name')],
  aws_cloudsearch_domain_service_access_policy: [usedBy('domain_name', 'access_policy')],
  aws_media_store_container_policy: [usedBy('container_name')],
  aws_msk_cluster_policy: [usedBy('cluster_arn')],
  aws_networkfirewall_resource_policy: [usedBy('resource_arn')],
  aws_oam_sink_policy: [usedBy('sink_identifier')],
  aws_oam_link: [sendsTo('sink_identifier')],
  aws_redshift_resource_policy: [usedBy('resource_arn')],
  aws_redshiftserverless_resource_policy: [usedBy('resource_arn')],
  aws_redshift_data_share_authorization: [principal('consumer_identifier', 'data_share_arn')],
  aws_redshift_endpoint_authorization: [principal('account', 'cluster_identifier')],
  aws_sagemaker_model_package_group_policy: [usedBy('model_package_group_name', 'resource_policy')],
  aws_schemas_registry_policy: [usedBy('registry_name')],
  aws_ses_identity_policy: [usedBy('identity')],
  aws_sesv2_email_identity_policy: [usedBy('email_identity')],
  aws_signer_signing_profile_permission: [principal('principal', 'profile_name')],
  aws_ssm_document: [principal('permissions.account_ids', 'name')],
  aws_ssm_resource_policy: [usedBy('resource_arn')],
  aws_transfer_access: [permissions('external_id')],
  aws_transfer_user: [permissions('user_name')],
  aws_transfer_ssh_key: [exists('an SSH key of a user')],
  aws_vpc_endpoint: [policy('endpoint', 'service_name', 'policy'), NETWORK],
  aws_vpc_endpoint_policy: [policy('endpoint', 'vpc_endpoint_id', 'policy')],
  aws_vpc_endpoint_service: [principal('allowed_principals', 'service_name')],
  aws_vpc_endpoint_service_allowed_principal: [principal('principal_arn', 'vpc_endpoint_service_id')],
  aws_vpclattice_auth_policy: [usedBy('resource_identifier')],
  aws_vpclattice_resource_policy: [usedBy('resource_arn')],
  aws_vpclattice_service: [open('auth_type', 'NONE')],
  aws_xray_resource_policy: [usedBy('policy_name', 'policy_document')],
  aws_iot_policy: [permissions('name')],
  aws_iot_policy_attachment: [managed('target', 'policy')],
  aws_servicecatalog_portfolio_share: [principal('principal_id', 'portfolio_id')],
  aws_servicecatalog_principal_portfolio_association: [principal('principal_arn', 'portfolio_id')],
  aws_globalaccelerator_cross_account_attachment: [principal('principals', 'name')],
  aws_licensemanager_grant: [principal('principal', 'license_arn')],
  aws_securitylake_subscriber: [principal('subscriber_identity.principal', 'subscriber_name')],
  aws_cloud9_environment_membership: [principal('user_arn', 'environment_id')],
  aws_grafana_role_association: [
    principal('user_ids', 'workspace_id'),
    principal('group_ids', 'workspace_id'),
  ],
  aws_grafana_workspace_api_key: [exists('a key of the workspace')],
  aws_lightsail_bucket_access_key: [exists('a key of a bucket that never expires')],

  // Copies for other accounts
  aws_ami_launch_permission: [
    principal('account_id', 'image_id'),
    principal('organization_arn', 'image_id'),
    open('group', 'all'),
  ],
  aws_snapshot_create_volume_permission: [principal('account_id', 'snapshot_id')],
  aws_db_snapshot: [principal('shared_accounts', 'db_snapshot_identifier')],
  aws_db_snapshot_copy: [principal('shared_accounts', 'target_db_snapshot_identifier')],
  aws_db_cluster_snapshot: [principal('shared_accounts', 'db_cluster_snapshot_identifier')],
  aws_rds_cluster_snapshot_copy: [principal('shared_accounts', 'target_db_cluster_snapshot_identifier')],
  aws_network_interface_permission: [principal('aws_account_id', 'network_interface_id')],
  aws_ebs_snapshot_block_public_access: [open('state', 'unblocked', 'block-new-sharing')],
  aws_ec2_image_block_public_access: [open('state', 'unblocked')],
  aws_route53_vpc_association_authorization: [exists('another VPC, whose account may use the zone')],
  aws_config_aggregate_authorization: [principal('account_id', 'region')],
  aws_dx_gateway_association_proposal: [principal('dx_gateway_owner_account_id', 'dx_gateway_id')],

  // What runs with a role
  aws_instance: [...runsAs('iam_instance_profile'), open('associate_public_ip_address', true)],
  aws_spot_instance_request: [...runsAs('iam_instance_profile'), open('associate_public_ip_address', true)],
  aws_launch_template: [
    ...runsAs('iam_instance_profile.name', 'iam_instance_profile.arn'),
    open('network_interfaces.associate_public_ip_address', true, 'true'),
  ],
  aws_launch_configuration: [...runsAs('iam_instance_profile'), open('associate_public_ip_address', true)],
  aws_ecs_service: [open('network_configuration.assign_public_ip', true)],
  aws_cloudformation_stack: [exists('whatever its template makes, which is not in the plan')],
  aws_cloudformation_stack_set: [exists('whatever its template makes, which is not in the plan')],
  aws_serverlessapplicationrepository_cloudformation_stack: [
    exists('whatever its template makes, which is not in the plan'),
  ],
  aws_cloudcontrolapi_resource: [exists('whatever its state says, which is no attribute of Terraform')],
  aws_emr_cluster: runsAs('ec2_attributes.instance_profile'),
  aws_emr_studio_session_mapping: [principal('identity_name', 'studio_id')],
  aws_emr_block_public_access_configuration: guards(
    'clusters from being public',
    'block_public_security_group_rules',
  ),
  aws_kinesis_firehose_delivery_stream: [...runsAs('extended_s3_configuration.role_arn')],
  aws_sagemaker_notebook_instance: [open('direct_internet_access', 'Enabled')],
  aws_sagemaker_domain: runsAs('default_user_settings.execution_role'),
  aws_eks_cluster: [NETWORK],
  aws_iot_topic_rule: runsAs(
    'lambda.role_arn',
    's3.role_arn',
    'kinesis.role_arn',
    'sqs.role_arn',
    'sns.role_arn',
  ),
  aws_cloudtrail: [sendsTo('sns_topic_name')],
  aws_apprunner_service: [
    ...runsAs('instance_configuration.instance_role_arn'),
    open('network_configuration.ingress_configuration.is_publicly_accessible', true),
  ],

  // Databases and the network
  aws_db_instance: [PUBLIC],
  aws_rds_cluster_instance: [PUBLIC],
  aws_rds_shard_group: [PUBLIC],
  aws_neptune_cluster_instance: [PUBLIC],
  aws_neptunegraph_graph: [open('public_connectivity', true)],
  aws_redshift_cluster: [PUBLIC],
  aws_redshiftserverless_workgroup: [PUBLIC],
  aws_dms_replication_instance: [PUBLIC],
  aws_mq_broker: [PUBLIC],
  aws_m2_environment: [PUBLIC],
  aws_lightsail_database: [PUBLIC],
  aws_lightsail_instance_public_ports: [NETWORK],
  aws_timestreaminfluxdb_db_instance: [PUBLIC],
  aws_msk_cluster: [
    open('broker_node_group_info.connectivity_info.public_access.type', 'SERVICE_PROVIDED_EIPS'),
    open('client_authentication.unauthenticated', true),
  ],
  aws_opensearchserverless_access_policy: [exists('a policy of data access in a form of its own')],
  aws_opensearchserverless_security_policy: [exists('a policy of the network in a form of its own')],
  aws_security_group: [NETWORK],
  aws_default_security_group: [NETWORK],
  aws_security_group_rule: [NETWORK],
  aws_vpc_security_group_ingress_rule: [NETWORK],
  aws_vpc_security_group_egress_rule: [NETWORK],
  aws_network_acl: [NETWORK],
  aws_default_network_acl: [NETWORK],
  aws_network_acl_rule: [NETWORK],
  aws_db_security_group: [NETWORK],
  aws_subnet: [NETWORK],
  aws_default_subnet: [NETWORK],
  aws_route: [NETWORK],
  aws_route_table: [NETWORK],
  aws_default_route_table: [NETWORK],
  aws_internet_gateway: [NETWORK],
  aws_egress_only_internet_gateway: [NETWORK],
  aws_nat_gateway: [NETWORK],
  aws_eip: [NETWORK],
  aws_vpc_peering_connection: [NETWORK],
  aws_vpc_peering_connection_accepter: [NETWORK],
  aws_ec2_transit_gateway_vpc_attachment: [NETWORK],
  aws_ec2_transit_gateway_peering_attachment: [NETWORK],
  aws_vpn_connection: [NETWORK],
  aws_ec2_client_vpn_authorization_rule: [NETWORK],
  aws_lb: [NETWORK],
  aws_alb: [NETWORK],
  aws_elb: [NETWORK],
  aws_vpc_block_public_access_exclusion: [
    exists('a part of the network left out of what blocks public access'),
  ],
  aws_key_pair: [exists('an SSH key for instances')],
};
