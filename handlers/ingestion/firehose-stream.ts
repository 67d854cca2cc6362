import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { RecordStream } from './deliver';

/** A Firehose stream that takes records directly (Direct PUT). */
export function firehoseStream(client: FirehoseClient, streamName: string): RecordStream {
  return {
    async put(records) {
      const { RequestResponses: responses = [] } = await client.send(
        new PutRecordBatchCommand({
          DeliveryStreamName: streamName,
          Records: records.map((record) => ({ Data: record })),
        }),
      );
      // Only a record with an id is stored; the response may have fewer entries than the request.
      return records.map((_, position) => {
        const response = responses[position];
        return response?.RecordId ? undefined : (response?.ErrorCode ?? 'NoAnswerForRecord');
      });
    },
  };
}
