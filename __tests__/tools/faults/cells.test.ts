import { cellsOf, FAULTS, sampleOf } from '../../../tools/faults/cells';
import { planOf } from '../../../tools/faults/orders';
import type { Definition } from '../../../workflows/states-language';
import { resourcesOf, synthClicklogger, synthCovid, type Synthesized } from '../../support/synth';

function definitionOf(stack: Synthesized): Definition {
  const [machine] = resourcesOf(stack, 'aws_sfn_state_machine');
  return JSON.parse(String(machine!.definition)) as Definition;
}

const definitions = { clicklogger: definitionOf(synthClicklogger()), covid: definitionOf(synthCovid()) };
const parts = (['clicklogger', 'covid'] as const).map((name) => cellsOf(name, definitions[name]));
const cells = parts.flatMap((part) => part.cells);

test('Every state has a cell for each applicable fault and a reason for each other fault.', () => {
  const states = Object.values(definitions).flatMap(({ States }) => Object.keys(States));
  const inapplicable = parts.flatMap((part) => part.inapplicable);
  expect(cells.length + inapplicable.length).toBe(states.length * FAULTS.length);
  expect(cells.filter(({ fault }) => fault === 'execution stopped')).toHaveLength(states.length);
  expect(inapplicable).toContainEqual({
    pipeline: 'covid',
    state: 'CheckCluster',
    fault: 'fails',
    reason: 'a Choice state has no call',
  });
  expect(cells.filter(({ fault }) => fault === 'Lambda crashes').map(({ state }) => state)).toEqual([
    'GetJobStatus',
    'GetDetails',
    'ExplainFailure',
  ]);
});

test('A sample depends only on its seed and contains every kind of cell.', () => {
  const sample = sampleOf(cells, 20, 1);
  expect(sampleOf(cells, 20, 1)).toEqual(sample);
  expect(sampleOf(cells, 20, 2)).not.toEqual(sample);
  expect(new Set(sample).size).toBe(20);
  expect(new Set(sample.map(({ pipeline, fault }) => `${pipeline} ${fault}`)).size).toBe(2 * FAULTS.length);
  expect(new Set(sampleOf(cells, 1_000, 3))).toEqual(new Set(cells));
});

test('A fault affects every retry, but not the cleanup.', () => {
  const cell = { pipeline: 'covid', state: 'TerminateCluster', fault: 'fails' } as const;
  expect(planOf(cell, definitions.covid).orders).toEqual({
    TerminateCluster: [{ kind: 'refuse', times: 11 }],
  });
});

test('A job that the execution must stop does not end by itself.', () => {
  const seconds = (state: string, fault: (typeof FAULTS)[number]): number =>
    planOf({ pipeline: 'clicklogger', state, fault }, definitions.clicklogger).jobSeconds;
  expect(seconds('GetJobStatus', 'Lambda crashes')).toBe(3600);
  expect(seconds('CancelJob', 'answer lost')).toBe(3600);
  expect(seconds('GetJobStatus', 'is throttled')).toBeLessThan(1);
});
