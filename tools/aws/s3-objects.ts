import { type _Object, paginateListObjectsV2, type S3 } from '@aws-sdk/client-s3';
import { TaskError } from '../cli/errors';

/** All objects of a request, sorted by key. */
export async function listObjects(
  client: S3,
  request: { readonly Bucket: string; readonly Prefix: string; readonly StartAfter?: string },
): Promise<(_Object & { readonly Key: string })[]> {
  const objects = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, request))
    objects.push(
      ...Contents.flatMap((object) => (object.Key === undefined ? [] : { ...object, Key: object.Key })),
    );
  return objects;
}

/** Reads an object by its s3:// URI. */
export async function readObject(s3: S3, uri: string): Promise<string> {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (match === null) throw new TaskError(`"${uri}" is not the s3:// URI of an object.`);
  const { Body } = await s3.getObject({ Bucket: match[1], Key: match[2] });
  if (Body === undefined) throw new TaskError(`${uri} is empty.`);
  return Body.transformToString();
}
