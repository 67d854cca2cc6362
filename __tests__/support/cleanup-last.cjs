const { default: Sequencer } = require('@jest/test-sequencer');

/** End-to-end tests share one deployment: the test that tears it down runs when all others have ended. */
module.exports = class CleanupLast extends Sequencer {
  sort(tests) {
    const isLast = ({ path }) => path.endsWith('end-to-end/cleanup.test.ts');
    const sorted = super.sort(tests);
    return [...sorted.filter((test) => !isLast(test)), ...sorted.filter(isLast)];
  }
};
