/** Tests the audits of providers: each mutant breaks one promise and must fail exactly that audit. */
import { AUDITS, conform } from '@sidetone/testkit';
import { expect, it } from 'vitest';
import { auditsFor } from '../src/conformance/conform.ts';
import {
  DIAGNOSTICS_MUTATIONS,
  MUTATIONS,
  type DiagnosticsMutation,
  type Mutation,
} from './support/good-provider/mutations.ts';
import { goodSubject } from './support/good-provider/scenario.ts';

const failuresOf = async (mutation?: Mutation) =>
  (await conform(goodSubject(mutation))).audits
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'not-covered')
    .map(({ id, reason }) => `${id} ${reason}`);

it('the provider without mutation passes every audit', async () => {
  const { audits } = await conform(goodSubject());
  expect(audits.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
});

const { blocksTheLoop: _slow, ...QUICK } = MUTATIONS;

it.each(Object.entries(QUICK) as [Mutation, string][])(
  'the mutant %s fails only %s',
  async (mutation, id) => {
    const failures = await failuresOf(mutation);
    expect(
      failures.map((each) => each.slice(0, 4)),
      failures.join('\n'),
    ).toEqual(id.split(' '));
  },
);

it.each(Object.entries(DIAGNOSTICS_MUTATIONS) as [DiagnosticsMutation, string][])(
  'the mutant %s fails only %s of the audits of diagnostics',
  async (mutation, id) => {
    const ids: readonly string[] = Object.values(DIAGNOSTICS_MUTATIONS);
    const audits = auditsFor(goodSubject(mutation)).filter((audit) => ids.includes(audit.id));
    const failed: string[] = [];
    for (const audit of audits) if ((await audit.run()).outcome === 'fail') failed.push(audit.id);
    expect([audits.length, failed]).toEqual([5, [id]]);
  },
);

/** All audits together would take too long: each message takes a tenth of a second. */
it('the mutant blocksTheLoop fails F8A6', async () => {
  const audit = auditsFor(goodSubject('blocksTheLoop')).find(({ id }) => id === 'F8A6');
  expect(await audit?.run()).toMatchObject({
    outcome: 'fail',
    reason: expect.stringMatching(/^step 1 takes more than 20 ms/),
  });
});

it('every audit has a mutant', () => {
  const failed = new Set(
    Object.values({ ...MUTATIONS, ...DIAGNOSTICS_MUTATIONS }).flatMap((ids) => ids.split(' ')),
  );
  expect(AUDITS.filter(({ id }) => !failed.has(id)).map(({ id }) => id)).toEqual([]);
});
