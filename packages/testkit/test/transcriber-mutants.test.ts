/** The audits of transcribers are right only if they fail what is wrong: each mutant breaks one promise, and fails one audit. */
import { conform, TRANSCRIBER_AUDITS } from '@sidetone/testkit';
import { expect, it } from 'vitest';
import { goodTranscriberSubject, type TranscriberMutation } from './support/good-transcriber.ts';

const FAILS: Readonly<Record<TranscriberMutation, string>> = {
  hasNoName: '1A0B',
  acceptsUnknownOptions: '6C52',
  repeatsOptionsInMistakes: 'D3E9',
  asksWhenMade: '24F8',
  hasNoHealth: '7E14',
  startsSlowly: '90B7',
  stopsNever: 'A5D0',
  leavesTimerWhenStopped: '38C6',
  leavesDialWhenStopped: '38C6',
  tellsAfterStop: 'E46B',
  leavesTimerOfCall: '5F2D',
  usesRealTime: '0D93',
  sharesWords: 'C81E',
  mixesParties: 'B90C',
  emitsNoEvent: '47EA',
  finalsTwice: '83D5',
  showsNothing: 'F20A',
  tellsOtherPlaces: '6B7F',
  startsSpeechTwice: 'DA31',
  diesOfGarbage: '197C',
  forgetsLastWords: '2E68',
  endsNever: '9B4D',
  tellsAfterEnd: 'E7A2',
  ignoresAbort: '50C1',
  throwsAtAudio: 'FB05',
  forgetsUnheard: '78D9',
  tellsAgain: '78D9',
  hidesLoss: '3C47',
  dialsOnAfterRefusal: 'AC1F',
  givesUpUnanswered: '0F86',
  hammers: '62BE',
  hidesGaps: 'B3A4',
  keepsEverything: '14CD',
  isAlwaysHealthy: '8D70',
  isNeverHealthy: '8D70',
  logsSecret: 'CE59',
  logsWords: '4A1E',
};

const failuresOf = async (mutation?: TranscriberMutation) =>
  (await conform(goodTranscriberSubject(mutation))).audits
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'not-shown')
    .map(({ id, reason }) => `${id} ${reason}`);

it('the good transcriber passes every audit, and every audit applies to it', async () => {
  const { audits } = await conform(goodTranscriberSubject());
  expect(audits.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
});

it.each(Object.entries(FAILS) as [TranscriberMutation, string][])(
  'a transcriber that %s fails %s alone',
  async (mutation, id) => {
    const failures = await failuresOf(mutation);
    expect(
      failures.map((each) => each.slice(0, 4)),
      failures.join('\n'),
    ).toEqual([id]);
  },
);

it('every audit is failed by a mutant', () => {
  const failed = new Set(Object.values(FAILS));
  expect(TRANSCRIBER_AUDITS.filter(({ id }) => !failed.has(id)).map(({ id }) => id)).toEqual([]);
});
