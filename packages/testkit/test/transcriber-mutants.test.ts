/** Tests the audits of transcribers: each mutant breaks one promise and must fail exactly that audit. */
import { conform, TRANSCRIBER_AUDITS } from '@sidetone/testkit';
import { expect, it } from 'vitest';
import { auditsFor } from '../src/conformance/conform.ts';
import { DEEPGRAM_MUTANTS, slowDeepgram } from './support/deepgram-mutants.ts';
import { goodTranscriberSubject, type TranscriberMutation } from './support/good-transcriber.ts';

const FAILED_AUDITS: Readonly<Record<Exclude<TranscriberMutation, 'blocksTheLoop'>, string>> = {
  hasNoName: '1A0B',
  acceptsUnknownOptions: '6C52',
  repeatsOptionsInIssues: 'D3E9',
  sendsRequestInCreate: '24F8',
  hasNoHealth: '7E14',
  startsSlowly: '90B7',
  neverStops: 'A5D0',
  leavesTimerWhenStopped: '38C6 E3C4',
  leavesDialWhenStopped: '38C6 E3C4',
  emitsAfterStop: 'E46B',
  leavesTimerAfterCall: '5F2D',
  usesRealTime: '0D93',
  sharesTranscripts: 'C81E',
  mixesParties: 'B90C',
  emitsInvalidEvents: '47EA D6E1',
  repeatsFinals: '83D5',
  omitsPartials: 'F20A',
  shiftsOffsets: '6B7F',
  startsSpeechTwice: 'DA31',
  throwsOnGarbage: '197C',
  losesLastResults: '2E68',
  neverEnds: '9B4D',
  emitsAfterEnd: 'E7A2',
  ignoresAbort: '50C1',
  throwsOnAudio: 'FB05',
  losesAudioOnReconnect: '78D9',
  repeatsAfterReconnect: '78D9',
  hidesDisconnects: '3C47',
  dialsAfterRejection: 'AC1F',
  stopsRetrying: '0F86',
  retriesWithoutDelay: '62BE',
  omitsGaps: 'B3A4',
  buffersWithoutLimit: '14CD C9A3',
  isAlwaysHealthy: '8D70',
  isNeverHealthy: '8D70',
  logsSecret: 'CE59',
  logsTranscripts: '4A1E',
  leavesRejections: '5AF3',
  queuesForSlowService: 'C9A3',
  leavesTimerBeforeFirstCall: 'E3C4',
  dropsAudioByTimeOfMachine: 'B7D5',
  throwsOnMissingFields: 'D6E1',
};

const failuresOf = async (mutation?: TranscriberMutation) =>
  (await conform(goodTranscriberSubject(mutation))).audits
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'not-covered')
    .map(({ id, reason }) => `${id} ${reason}`);

it('the transcriber without mutation passes every audit', async () => {
  const { audits } = await conform(goodTranscriberSubject());
  expect(audits.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
});

it.each(Object.entries(FAILED_AUDITS) as [TranscriberMutation, string][])(
  'the mutant %s fails only %s',
  async (mutation, id) => {
    const failures = await failuresOf(mutation);
    expect(
      failures.map((each) => each.slice(0, 4)),
      failures.join('\n'),
    ).toEqual(id.split(' '));
  },
);

/** All audits together would take too long: each frame takes a tenth of a second. */
it.each([goodTranscriberSubject('blocksTheLoop'), slowDeepgram()])(
  'a transcriber that blocks the event loop fails F2B8',
  async (subject) => {
    const audit = auditsFor(subject).find(({ id }) => id === 'F2B8');
    expect(await audit?.run()).toMatchObject({
      outcome: 'fail',
      reason: expect.stringMatching(/^a frame takes/),
    });
  },
);

it.each(Object.keys(DEEPGRAM_MUTANTS))('the Deepgram mutant "%s" fails only its audit', async (mistake) => {
  const [id, subject] = DEEPGRAM_MUTANTS[mistake]!;
  const { audits } = await conform(subject);
  const failed = audits.filter(({ outcome }) => outcome === 'fail' || outcome === 'not-covered');
  expect(
    failed.map((each) => each.id),
    failed.map(({ id, reason }) => `${id} ${reason}`).join('\n'),
  ).toEqual([id]);
});

it('every audit has a mutant', () => {
  const failed = new Set(Object.values(FAILED_AUDITS).flatMap((ids) => ids.split(' '))).add('F2B8');
  expect(TRANSCRIBER_AUDITS.filter(({ id }) => !failed.has(id)).map(({ id }) => id)).toEqual([]);
});
