import { DeleteFunctionCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  SFNClient,
  type DescribeStateMachineCommandOutput,
} from '@aws-sdk/client-sfn';
import type { Target } from '../../aws/target';
import { ignoreNotFound } from '../../aws/aws-errors';
import { arnOf } from '../../aws/arns';
import type { ResourceType } from '../resource';
import { namedKind } from './named-kind';

export const functionKind: ResourceType = namedKind({
  title: 'Lambda function',
  arn: /^arn:[^:]+:lambda:[^:]*:\d+:function:([^:]+)$/,
  names: ({ functions }) => functions,
  arnOf: (target, name) => arnOf(target, 'lambda', `function:${name}`),
  getStatus: async (target, FunctionName) => {
    const call = target.client(LambdaClient).send(new GetFunctionConfigurationCommand({ FunctionName }));
    return (await ignoreNotFound(call, 'ResourceNotFoundException')) ? 'present' : 'gone';
  },
  remove: async (target, FunctionName) => {
    await target.client(LambdaClient).send(new DeleteFunctionCommand({ FunctionName }));
  },
});

function describeMachine(
  target: Target,
  name: string,
): Promise<DescribeStateMachineCommandOutput | undefined> {
  const stateMachineArn = arnOf(target, 'states', `stateMachine:${name}`);
  const call = target.client(SFNClient).send(new DescribeStateMachineCommand({ stateMachineArn }));
  return ignoreNotFound(call, 'StateMachineDoesNotExist');
}

export const stateMachineKind: ResourceType = namedKind({
  title: 'state machine',
  arn: /^arn:[^:]+:states:[^:]*:\d+:stateMachine:([^:]+)$/,
  names: ({ stateMachines }) => stateMachines,
  arnOf: (target, name) => arnOf(target, 'states', `stateMachine:${name}`),
  getStatus: async (target, name) => ((await describeMachine(target, name)) ? 'present' : 'gone'),
  remove: async (target, name) => {
    const stateMachineArn = arnOf(target, 'states', `stateMachine:${name}`);
    await target.client(SFNClient).send(new DeleteStateMachineCommand({ stateMachineArn }));
  },
});
