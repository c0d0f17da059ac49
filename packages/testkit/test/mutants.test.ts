/** Tests the audits of providers: each mutant breaks one promise and must fail exactly that audit. */
import { AUDITS, conform } from '@sidetone/testkit';
import { expect, it } from 'vitest';
import { auditsFor } from '../src/conformance/conform.ts';
import { goodSubject } from './support/good-scenario.ts';
import type { Mutation } from './support/good-provider.ts';

/** No other audit calls `diagnostics`, so only its audits are run. */
const FAILED_DIAGNOSTICS_AUDITS = {
  rejectsInDiagnostics: 'D0A4',
  diagnosesSlowly: 'D0A4',
  repeatsDiagnostics: '2C8F',
  diagnosesSecret: '8E1B',
  changesInDiagnostics: '47D2',
  diagnosesNothing: 'B95E',
} as const satisfies Partial<Record<Mutation, string>>;
type DiagnosticsMutation = keyof typeof FAILED_DIAGNOSTICS_AUDITS;

/** A mutant that adds events or requests also fails the comparison with the scenario. */
const FAILED_AUDITS: Readonly<Record<Exclude<Mutation, 'blocksTheLoop' | DiagnosticsMutation>, string>> = {
  hasNoHealth: '40FD',
  hasNoReconcile: '8E37',
  hasNoName: '0E31',
  startsSlowly: '3F6A',
  losesEndAfterRestart: '4C9E',
  acceptsUnknownOptions: '5B0C',
  repeatsOptionsInIssues: 'C2A7',
  sendsRequestInCreate: '91D4',
  ignoresAbortOfStart: '7D18',
  leavesTimerAfterFailedStart: 'B4E2',
  waitsForResponsesInStop: '26C9',
  emitsAfterStop: 'F05D',
  leaksTimer: 'A83B',
  leavesAcceptedSocketOpen: '19F7',
  leavesStreamOpen: '60AE',
  leavesListener: 'D7C4',
  leavesRequestsPending: '8A52',
  leavesDialPending: '8A52',
  leavesDialledSocketOpen: '19F7',
  sharesCalls: 'E1B6',
  usesRealTime: '52F0',
  usesHostIncorrectly: '0D7F',
  emitsInvalidEvents: '6E40 B3D7',
  emitsOtherId: 'AD29',
  emitsSeconds: '1B97',
  neverReportsEnd: 'C85E',
  reportsTwoEnds: '74A1',
  movesStatusBack: '38DC',
  emitsOutOfOrder: 'F63B',
  duplicatesRedeliveries: '9C02',
  reusesDedupeKey: 'E57D',
  throwsOnMessages: 'A6E4',
  rejectsRequests: 'B02F',
  emitsAfterResponse: '5D8E',
  throwsOnGarbage: 'F97A',
  looksUpInheritedNames: 'D8B3',
  overflowsOnDeepValues: 'D8B3',
  acceptsForgedRequests: '2A6D',
  admitsAnonymousRequests: '7B15',
  acceptsUnknownPaths: 'C3E5',
  ignoresAbortOfRequest: '814C B3D7',
  swapsChannels: '47B8',
  swapsParties: '47B8',
  omitsGaps: 'D31F',
  reversesPositions: '05AC',
  usesKilohertz: '9E6B',
  leavesStreamAfterCall: '7F24',
  keepsStreamAfterDisconnect: 'B8D0',
  writesWithoutDemand: '63E9',
  throwsOnMalformedMessages: 'EA15',
  admitsUnknownSockets: '3C71',
  rejectsAcceptedCommands: '6B3D',
  ignoresRejections: 'C49A',
  throwsPlainErrors: '10F5',
  hidesRateLimits: 'AE86',
  ignoresAbortOfCommand: '5E2C',
  neverTimesOut: 'D970',
  sendsInvalidArguments: '82B4',
  offersMissingControls: '2F08',
  placesCallsWithoutId: 'F1C3',
  retriesPlaceCall: '97E2',
  missesEndInReconcile: '4E9C',
  endsLiveCalls: 'B16F',
  endsUnreachableCalls: '0A8D',
  ignoresAbortOfReconcile: 'D52B',
  omitsPageTime: '79C0',
  duplicatesBackfill: 'E8A3',
  ignoresResumeAt: '3605',
  ignoresAbortOfBackfill: 'FC47',
  isNeverHealthy: 'A0D6',
  isAlwaysHealthy: '58EB',
  logsSecret: 'BB5A',
  emitsSecret: '07C6 B3D7',
  logsToken: '9154',
  logsTranscripts: 'DF8B',
  leavesRejections: 'D1E4',
  throwsInCallbacks: 'D1E4',
  doesNothing: 'A7C2',
  confirmsRejectedCommands: 'E4B9',
  readsTimesInLocalZone: 'A5C8',
  usesClockOfMachine: '6D2B',
  declaresDoubleRate: 'C6F1',
  declaresHalfRate: 'C6F1',
  leavesTimerBeforeFirstCall: 'F3A9',
  leavesTimerAfterCall: 'F3A9',
  emitsSecondsInDetails: '1B97',
  logsSecretInBase64: 'BB5A',
  logsSecretInHex: 'BB5A',
  emitsSecretInPercentEncoding: '07C6',
  throwsOnMissingFields: 'EA15',
  throwsOnOtherTypes: 'EA15',
  failsOnMissingFields: 'F97A',
  writesRepeatedAudio: '5F1C',
  waitsForSendsInStop: 'C41A',
  declaresOtherRateOfDial: 'B3D7',
  swapsNumbers: '8D6E',
  omitsDirection: '8D6E',
  sendsNoPings: 'B3D7',
  sendsRequestForSpeech: 'B3D7',
  addsAnEvent: 'B3D7',
  changesText: 'B3D7',
};

const failuresOf = async (mutation?: Mutation) =>
  (await conform(goodSubject(mutation))).audits
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'not-covered')
    .map(({ id, reason }) => `${id} ${reason}`);

it('the provider without mutation passes every audit', async () => {
  const { audits } = await conform(goodSubject());
  expect(audits.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
});

it.each(Object.entries(FAILED_AUDITS) as [Mutation, string][])(
  'the mutant %s fails only %s',
  async (mutation, id) => {
    const failures = await failuresOf(mutation);
    expect(
      failures.map((each) => each.slice(0, 4)),
      failures.join('\n'),
    ).toEqual(id.split(' '));
  },
);

it.each(Object.entries(FAILED_DIAGNOSTICS_AUDITS) as [DiagnosticsMutation, string][])(
  'the mutant %s fails only %s of the audits of diagnostics',
  async (mutation, id) => {
    const ids: readonly string[] = Object.values(FAILED_DIAGNOSTICS_AUDITS);
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
  const failed = new Set(Object.values(FAILED_AUDITS).flatMap((ids) => ids.split(' '))).add('F8A6');
  expect(AUDITS.filter(({ id }) => !failed.has(id)).map(({ id }) => id)).toEqual([]);
});
