import {
  policyDocument,
  type PolicyStatement,
  PolicyStatementError,
} from '../../../constructs/support/policy-document';

const read: PolicyStatement = { sid: 'Read', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::b/*'] };

describe('A policy document', () => {
  test('has the effect Allow by default.', () => {
    expect(JSON.parse(policyDocument([read]))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Sid: 'Read', Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::b/*'] }],
    });
  });

  test('contains conditions and principals, and a trust policy has no resource.', () => {
    const conditions = { StringEquals: { 'aws:SourceAccount': '123456789012' } };
    const trust = { ...read, principals: { Service: 'lambda.amazonaws.com' }, resources: [], conditions };
    expect(JSON.parse(policyDocument([trust]))).toMatchObject({
      Statement: [{ Principal: { Service: 'lambda.amazonaws.com' }, Condition: conditions }],
    });
    expect(policyDocument([trust])).not.toContain('Resource');
  });

  test('rejects resource * without a reason.', () => {
    expect(() => policyDocument([{ ...read, resources: ['*'] }])).toThrow(PolicyStatementError);
    expect(() => policyDocument([{ ...read, resources: ['*'] }])).toThrow('Statement Read: resource * needs');
  });

  test('does not contain the reason.', () => {
    expect(policyDocument([{ ...read, resources: ['*'], wildcardReason: 'no other' }])).not.toContain(
      'no other',
    );
  });

  test('rejects a wildcard action, except in a Deny statement or with a separate reason.', () => {
    expect(() => policyDocument([{ ...read, actions: ['s3:Get*'] }])).toThrow('s3:Get* is a wildcard');
    expect(() => policyDocument([{ ...read, effect: 'Deny', actions: ['s3:*'] }])).not.toThrow();
    const reasoned = { ...read, actions: ['kms:*'], wildcardActionReason: 'the account manages the key' };
    expect(policyDocument([reasoned])).not.toContain('the account manages');
    expect(() => policyDocument([{ ...reasoned, resources: ['*'] }])).toThrow('resource * needs');
  });
});
