import {
  applicationId,
  assume,
  type Call,
  type Caller,
  cancelJobRun,
  changeTable,
  createRole,
  deleteObject,
  deleteStream,
  getObject,
  invokeFunction,
  listClusters,
  listExecutions,
  listObjects,
  putObject,
  putRecord,
  readTable,
  runUntaggedCluster,
  startExecution,
  startJobRun,
  stopApplication,
  terminateCluster,
} from '../support/aws-calls';
import { shellEnvironment } from '../support/local-deployment';

const CLICK = 'clicklog/data=2001-01-01/x.parquet';

interface Calls {
  /** Proves that the credentials are the role's. */
  readonly may: Call;
  readonly mayNot: Readonly<Record<string, Call>>;
}

/** What the policy of each role must keep it from. */
function callsByRole(application: string): Readonly<Record<string, Calls>> {
  return {
    ingestion: {
      may: putRecord(),
      mayNot: {
        'put records into another stream': putRecord('other'),
        'delete its stream': deleteStream,
        'write to the delivery bucket': putObject('firehose-delivery', CLICK),
        'start the workflow': startExecution('state-machine'),
        'make a role': createRole,
      },
    },
    delivery: {
      may: readTable,
      mayNot: {
        'write outside of its prefixes': putObject('firehose-delivery', 'elsewhere/x'),
        'write reports': putObject('loggregator-output', 'x'),
        'delete clicks': deleteObject('firehose-delivery', CLICK),
        'change the table': changeTable,
      },
    },
    job: {
      may: listObjects('loggregator-output', ''),
      mayNot: {
        'write clicks': putObject('firehose-delivery', CLICK),
        'delete clicks': deleteObject('firehose-delivery', CLICK),
        'list what Firehose could not convert': listObjects('firehose-delivery', 'errors/'),
        'replace its own jar': putObject('loggregator-source', 'jobs/loggregator-0.jar'),
        'read hospital data': getObject('covid-data', 'raw/x.csv'),
        'start another job': startJobRun(application, 'job'),
      },
    },
    'job-status': {
      may: listObjects('emr-logs', ''),
      mayNot: {
        'cancel a job run': cancelJobRun(application),
        'stop the application': stopApplication(application),
        'read reports': getObject('loggregator-output', 'x'),
        'write logs of jobs': putObject('emr-logs', 'applications/x'),
      },
    },
    workflow: {
      may: listObjects('firehose-delivery', 'clicklog/data=2001-01-01/'),
      mayNot: {
        'read clicks': getObject('firehose-delivery', CLICK),
        'list more than the clicks': listObjects('firehose-delivery', 'errors/'),
        'start a job under another role': startJobRun(application, 'delivery'),
        'invoke the ingestion': invokeFunction('ingestion-lambda'),
        'stop the application': stopApplication(application),
      },
    },
    'covid-instance': {
      may: listObjects('covid-data', 'raw/'),
      mayNot: {
        'change raw data': putObject('covid-data', 'raw/x.csv'),
        'delete raw data': deleteObject('covid-data', 'raw/x.csv'),
        'replace its own program': putObject('covid-artifacts', 'scripts/x.py'),
        'read clicks': getObject('firehose-delivery', CLICK),
        'make a cluster': runUntaggedCluster,
        'end a cluster': terminateCluster,
      },
    },
    'covid-workflow': {
      may: listExecutions('covid-state-machine'),
      mayNot: {
        'make a cluster without its tags': runUntaggedCluster,
        'read raw data': getObject('covid-data', 'raw/x.csv'),
        'start itself': startExecution('covid-state-machine'),
        'invoke a function': invokeFunction('ingestion-lambda'),
      },
    },
    'covid-reaper': {
      may: listClusters,
      mayNot: {
        'make a cluster': runUntaggedCluster,
        'read raw data': getObject('covid-data', 'raw/x.csv'),
        'start the workflow': startExecution('covid-state-machine'),
      },
    },
  };
}

/** Undefined when the call was allowed. */
async function refusal(call: Call, caller: Caller): Promise<string | undefined> {
  try {
    await call(caller);
    return undefined;
  } catch (error) {
    return (error as Error).name;
  }
}

test('A role that tries more than its work is refused.', async () => {
  const env = await shellEnvironment();
  const admin: Caller = {
    endpoint: env.AWS_ENDPOINT_URL!,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! },
  };
  const allowed: string[] = [];
  for (const [role, { may, mayNot }] of Object.entries(callsByRole(await applicationId(admin)))) {
    const caller = await assume(admin, role);
    expect({ role, refused: await refusal(may, caller) }).toEqual({ role, refused: undefined });
    for (const [what, call] of Object.entries(mayNot)) {
      const refused = await refusal(call, caller);
      if (!/^AccessDenied(Exception)?$/.test(refused ?? '')) allowed.push(`${role}: ${what}: ${refused}`);
    }
  }
  expect(allowed).toEqual([]);
});
