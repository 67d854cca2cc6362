import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { Construct } from 'constructs';
import type { GlueColumn } from '../schemas/glue-column';

export interface ParquetTableProps {
  readonly databaseName: string;
  readonly tableName: string;
  readonly description: string;
  readonly columns: readonly GlueColumn[];
  /** Partition key of the day, `yyyy-MM-dd`. */
  readonly dateKey: { readonly name: string; readonly comment: string };
  /** S3 URI of the folder of the partitions, with a trailing slash. */
  readonly location: string;
  /** First day of the partition projection, `yyyy-MM-dd`. */
  readonly firstDay: string;
}

/** Glue database with one Parquet table, partitioned by day with partition projection. */
export class ParquetTable extends Construct {
  readonly databaseName: string;
  readonly tableName: string;
  readonly resource: GlueCatalogTable;

  constructor(scope: Construct, id: string, props: ParquetTableProps) {
    super(scope, id);
    const database = new GlueCatalogDatabase(this, 'Database', { name: props.databaseName });
    this.databaseName = props.databaseName;
    this.tableName = props.tableName;
    this.resource = new GlueCatalogTable(this, 'Resource', {
      name: props.tableName,
      databaseName: database.name,
      description: props.description,
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: [{ name: props.dateKey.name, type: 'string', comment: props.dateKey.comment }],
      parameters: ParquetTable.parameters(props),
      storageDescriptor: {
        location: props.location,
        inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        serDeInfo: {
          name: 'parquet',
          serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
          parameters: { 'serialization.format': '1' },
        },
        columns: props.columns.map(({ name, type, comment }) => ({ name, type, comment })),
      },
    });
  }

  private static parameters({ dateKey, location, firstDay }: ParquetTableProps): Record<string, string> {
    const projection = `projection.${dateKey.name}`;
    return {
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      'parquet.compression': 'SNAPPY',
      'projection.enabled': 'true',
      [`${projection}.type`]: 'date',
      [`${projection}.format`]: 'yyyy-MM-dd',
      [`${projection}.range`]: `${firstDay},NOW+1DAYS`,
      [`${projection}.interval`]: '1',
      [`${projection}.interval.unit`]: 'DAYS',
      // Terraform converts $${ to ${ ; Athena replaces the variable with the day.
      'storage.location.template': `${location}${dateKey.name}=$\${${dateKey.name}}/`,
    };
  }
}
