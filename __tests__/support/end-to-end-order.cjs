const { basename } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * End-to-end tests share one deployment. These files run last, in this order: the first replaces the reports that
 * other tests read, the second changes the stacks, the third removes them.
 */
const LAST = ['local.test.ts', 'covid.test.ts', 'cleanup.test.ts'];

module.exports = class EndToEndOrder extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => (path.includes('/end-to-end/') ? LAST.indexOf(basename(path)) : -1);
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
