import { LakeformationPermissions } from '@cdktf/provider-aws/lib/lakeformation-permissions';
import { LakeformationResource } from '@cdktf/provider-aws/lib/lakeformation-resource';
import { Construct } from 'constructs';
import type { ParquetTable } from './parquet-table';
import type { PrivateBucket } from './private-bucket';
import type { ServiceRole } from './service-role';

export interface LakeFormationTableProps {
  readonly bucket: PrivateBucket;
  /** Folder of the table in the bucket, without a trailing slash. */
  readonly folder: string;
  readonly table: ParquetTable;
  readonly writer: ServiceRole;
}

/**
 * Registers a table and its folder with Lake Formation, and allows one role to write to them.
 *
 * A grant requires its principal, table and registered folder when it is created and when it is revoked, so it depends on them.
 */
export class LakeFormationTable extends Construct {
  constructor(scope: Construct, id: string, { bucket, folder, table, writer }: LakeFormationTableProps) {
    super(scope, id);
    const location = new LakeformationResource(this, 'Resource', {
      arn: `${bucket.bucketArn}/${folder}`,
      useServiceLinkedRole: true,
      dependsOn: [bucket.resource],
    });
    new LakeformationPermissions(this, 'LocationAccess', {
      principal: writer.arn,
      permissions: ['DATA_LOCATION_ACCESS'],
      dataLocation: { arn: location.arn },
      dependsOn: writer.ready,
    });
    new LakeformationPermissions(this, 'TableAccess', {
      principal: writer.arn,
      // Sorted like the response of AWS: another order would be a change in every plan.
      permissions: ['DELETE', 'DESCRIBE', 'INSERT', 'SELECT'],
      table: { databaseName: table.databaseName, name: table.resource.name },
      dependsOn: [location, ...writer.ready],
    });
  }
}
