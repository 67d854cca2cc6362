import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeCounts,
  parseJest,
  parseJunit,
  parseJunitFolder,
  parseLastLine,
  sum,
} from '../../../tools/testing/test-counts';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();

describe('The counts of jest', () => {
  const result = {
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    numRuntimeErrorTestSuites: 0,
  };

  test('include pending and planned tests as skipped.', () => {
    expect(parseJest(JSON.stringify(result))).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  test('include a file that could not be loaded as a failed test.', () => {
    expect(parseJest(JSON.stringify({ ...result, numRuntimeErrorTestSuites: 2 })).failed).toBe(3);
  });

  test('are refused when the report has another shape.', () => {
    expect(() => parseJest('{"numPassedTests": 5}')).toThrow();
  });
});

test('The counts of a program are those of its last line.', () => {
  expect(parseLastLine('x: 1 passed, 1 failed\n20 of 110 cells, seed 1: 18 passed, 2 failed\n')).toEqual({
    passed: 18,
    failed: 2,
    skipped: 0,
  });
  expect(parseLastLine('faults: it did not start\n')).toEqual({ passed: 0, failed: 0, skipped: 0 });
});

describe('The counts of JUnit files', () => {
  test('are read from the report of pytest, with errors as failures.', () => {
    const xml =
      '<?xml version="1.0"?><testsuites name="pytest tests">' +
      '<testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1.2"></testsuite></testsuites>';
    expect(parseJunit(xml)).toEqual({ passed: 4, failed: 3, skipped: 3 });
  });

  test('are read from the report of Surefire, whose tag spans lines.', () => {
    const xml =
      '<testsuite xmlns:xsi="http://www.w3.org"\n  name="a.TestSuite" tests="7" errors="0"\n skipped="1" failures="0">';
    expect(parseJunit(xml)).toEqual({ passed: 6, failed: 0, skipped: 1 });
  });

  test('are added up over a folder.', () => {
    const reports = join(folder, 'reports');
    mkdirSync(reports);
    for (const name of ['TEST-a.xml', 'TEST-b.xml']) {
      writeFileSync(join(reports, name), '<testsuite tests="2" failures="1" errors="0" skipped="0">');
    }
    writeFileSync(join(reports, 'a.txt'), '<testsuite tests="9" failures="9">');
    expect(parseJunitFolder(reports)).toEqual({ passed: 2, failed: 2, skipped: 0 });
  });

  test('are zero when the tool wrote no report.', () => {
    expect(parseJunitFolder(join(folder, 'missing'))).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

describe('The last line', () => {
  test.each([
    [{ passed: 3, failed: 0, skipped: 0 }, '3 passed, 0 failed'],
    [{ passed: 3, failed: 1, skipped: 2 }, '3 passed, 1 failed, 2 skipped'],
  ])('for %j is %j.', (counts, expected) => {
    expect(describeCounts(counts)).toBe(expected);
  });

  test('has the sum of all suites.', () => {
    expect(
      sum([
        { passed: 1, failed: 2, skipped: 3 },
        { passed: 10, failed: 20, skipped: 30 },
      ]),
    ).toEqual({ passed: 11, failed: 22, skipped: 33 });
  });
});
