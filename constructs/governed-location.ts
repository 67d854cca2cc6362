import { LakeformationPermissions } from '@cdktf/provider-aws/lib/lakeformation-permissions';
import { LakeformationResource } from '@cdktf/provider-aws/lib/lakeformation-resource';
import { Construct } from 'constructs';
import type { ParquetTable } from './parquet-table';

export interface GovernedLocationProps {
  /** ARN of the S3 folder that holds the table's data. */
  readonly locationArn: string;
  readonly table: ParquetTable;
  /** Role that writes the data. */
  readonly writerArn: string;
}

/** Hands a table and its folder to Lake Formation, and lets one role write them. */
export class GovernedLocation extends Construct {
  constructor(scope: Construct, id: string, { locationArn, table, writerArn }: GovernedLocationProps) {
    super(scope, id);
    const location = new LakeformationResource(this, 'Resource', {
      arn: locationArn,
      useServiceLinkedRole: true,
    });
    new LakeformationPermissions(this, 'LocationAccess', {
      principal: writerArn,
      permissions: ['DATA_LOCATION_ACCESS'],
      dataLocation: { arn: location.arn },
    });
    new LakeformationPermissions(this, 'TableAccess', {
      principal: writerArn,
      // Sorted, as Terraform reads them back: any other order would be a change in every plan.
      permissions: ['DELETE', 'DESCRIBE', 'INSERT', 'SELECT'],
      table: { databaseName: table.databaseName, name: table.resource.name },
    });
  }
}
