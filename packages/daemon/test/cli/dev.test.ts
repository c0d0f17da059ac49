import { expect, test } from 'vitest';
import { summaryOf } from '../../src/cli/dev/card-summary.ts';
import { isSource } from '../../src/cli/dev/watch-changes.ts';

test('shows of a report card what an author has to look at', () => {
  const card = `Bell (bell), contract 1, kit 0.1.0
MUST 1 of 2, SHOULD 0 of 1, MAY 0 of 0; not applicable 1

plugin
  pass         MUST    0E31  The plugin has a name.
  FAIL         MUST    5B0C  Unknown options are rejected.
                             the option \`x\` was accepted

real-time audio
  -            MUST    47B8  Audio is written.
                             no stream
  NOT COVERED  SHOULD  9A01  Arguments are checked.
                             the scenario has none
`;
  expect(summaryOf(card)).toBe(`Bell (bell), contract 1, kit 0.1.0
MUST 1 of 2, SHOULD 0 of 1, MAY 0 of 0; not applicable 1
  FAIL         MUST    5B0C  Unknown options are rejected.
                             the option \`x\` was accepted
  NOT COVERED  SHOULD  9A01  Arguments are checked.
                             the scenario has none`);
});

test.each([
  ['index.js', true],
  ['dist/translate.js', true],
  ['options.yaml', true],
  ['node_modules/zod/index.js', false],
  ['.git/config.json', false],
  ['README.md', false],
])('%s is watched: %s', (name, expected) => {
  expect(isSource(name)).toBe(expected);
});
