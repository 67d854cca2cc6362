import { parseFailure } from '../../../handlers/cluster-failure/input';

describe('the event of the failure Lambda', () => {
  it('is a cluster and a cause', () => {
    const event = { clusterId: 'j-1ABCDEFGHIJKL', cause: '' };
    expect(parseFailure(event)).toEqual(event);
  });

  it.each([undefined, null, 'j-1', [], {}, { clusterId: 'j-1' }, { clusterId: 's-1', cause: 'x' }])(
    'is refused with what came: %j',
    (event) => {
      expect(() => parseFailure(event)).toThrow(/^The event is .+: expected \{clusterId, cause\}/);
    },
  );
});
