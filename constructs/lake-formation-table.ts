import { LakeformationPermissions } from '@cdktf/provider-aws/lib/lakeformation-permissions';
import { LakeformationResource } from '@cdktf/provider-aws/lib/lakeformation-resource';
import { Construct } from 'constructs';
import type { ParquetTable } from './parquet-table';
import type { PrivateBucket } from './private-bucket';
import type { ServiceRole } from './service-role';

export interface LakeFormationTableProps {
  readonly bucket: PrivateBucket;
  /** Folder of the bucket that holds the table's data, without a slash at the end. */
  readonly folder: string;
  readonly table: ParquetTable;
  /** Role that writes the data. */
  readonly writer: ServiceRole;
}

/**
 * Hands a table and its folder to Lake Formation, and lets one role write them.
 *
 * A grant needs its principal, its table and the registered folder, to be made and to be revoked: they are made before
 * it, and destroyed after it.
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
      // Sorted, as Terraform reads them back: any other order would be a change in every plan.
      permissions: ['DELETE', 'DESCRIBE', 'INSERT', 'SELECT'],
      table: { databaseName: table.databaseName, name: table.resource.name },
      dependsOn: [location, ...writer.ready],
    });
  }
}
