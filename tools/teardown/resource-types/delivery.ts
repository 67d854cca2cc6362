import {
  DeleteDeliveryStreamCommand,
  DescribeDeliveryStreamCommand,
  FirehoseClient,
} from '@aws-sdk/client-firehose';
import { DeleteDatabaseCommand, GetDatabaseCommand, GlueClient } from '@aws-sdk/client-glue';
import { ignoreNotFound } from '../../aws/aws-errors';
import { arnOf } from '../../aws/arns';
import { namedKind } from './named-kind';

export const deliveryStreamKind = namedKind({
  title: 'Firehose stream',
  arn: /^arn:[^:]+:firehose:[^:]*:\d+:deliverystream\/(.+)$/,
  names: ({ deliveryStreams }) => deliveryStreams,
  arnOf: (target, name) => arnOf(target, 'firehose', `deliverystream/${name}`),
  getStatus: async (target, DeliveryStreamName) => {
    const call = target
      .client(FirehoseClient)
      .send(new DescribeDeliveryStreamCommand({ DeliveryStreamName }));
    return (await ignoreNotFound(call, 'ResourceNotFoundException')) ? 'present' : 'gone';
  },
  remove: async (target, DeliveryStreamName) => {
    await target
      .client(FirehoseClient)
      .send(new DeleteDeliveryStreamCommand({ DeliveryStreamName, AllowForceDelete: true }));
  },
});

export const databaseKind = namedKind({
  title: 'Glue database',
  arn: /^arn:[^:]+:glue:[^:]*:\d+:database\/(.+)$/,
  names: ({ databases }) => databases,
  arnOf: (target, name) => arnOf(target, 'glue', `database/${name}`),
  getStatus: async (target, Name) => {
    const call = target.client(GlueClient).send(new GetDatabaseCommand({ Name }));
    return (await ignoreNotFound(call, 'EntityNotFoundException')) ? 'present' : 'gone';
  },
  // Glue deletes its tables with it.
  remove: async (target, Name) => {
    await target.client(GlueClient).send(new DeleteDatabaseCommand({ Name }));
  },
});
