/** The audits are right only if they fail what is wrong: each mutant breaks one promise, and fails one audit. */
import { AUDITS, conform } from '@sidetone/testkit';
import { expect, it } from 'vitest';
import { goodSubject } from './support/good-scenario.ts';
import type { Mutation } from './support/good-provider.ts';

const FAILS: Readonly<Record<Mutation, string>> = {
  hasNoHealth: '40FD',
  hasNoReconcile: '8E37',
  hasNoName: '0E31',
  startsSlowly: '3F6A',
  losesTheEndAfterRestart: '4C9E',
  acceptsUnknownOptions: '5B0C',
  repeatsOptionsInMistakes: 'C2A7',
  asksWhenMade: '91D4',
  ignoresAbortOfStart: '7D18',
  leavesTimerAfterFailedStart: 'B4E2',
  waitsForAnswersWhenItStops: '26C9',
  emitsAfterStop: 'F05D',
  leaksTimer: 'A83B',
  leavesAcceptedSocketOpen: '19F7',
  leavesStreamOpen: '60AE',
  leavesListener: 'D7C4',
  leavesRequestsOpen: '8A52',
  leavesDialOpen: '8A52',
  leavesDialledSocketOpen: '19F7',
  sharesCalls: 'E1B6',
  usesRealTime: '52F0',
  misusesHost: '0D7F',
  emitsNoEvent: '6E40',
  tellsOtherId: 'AD29',
  tellsSeconds: '1B97',
  neverTellsTheEnd: 'C85E',
  endsTwice: '74A1',
  goesBack: '38DC',
  tellsLateFirst: 'F63B',
  tellsRepeatedlyAsNews: '9C02',
  usesOneKey: 'E57D',
  throwsAtMessages: 'A6E4',
  refusesNews: 'B02F',
  emitsAfterAnswer: '5D8E',
  diesOfGarbage: 'F97A',
  believesAnyone: '2A6D',
  knowsEveryAddress: 'C3E5',
  waitsForEver: '814C',
  swapsChannels: '47B8',
  swapsParties: '47B8',
  forgetsGaps: 'D31F',
  tellsTimeBackwards: '05AC',
  tellsKilohertz: '9E6B',
  leavesStreamAfterCall: '7F24',
  outlivesSocket: 'B8D0',
  writesForNobody: '63E9',
  diesOfMessages: 'EA15',
  admitsStrangers: '3C71',
  refusesValidCommands: '6B3D',
  swallowsRefusals: 'C49A',
  throwsPlainErrors: '10F5',
  callsLimitsRefusals: 'AE86',
  ignoresAbort: '5E2C',
  neverGivesUp: 'D970',
  asksWithWrongArguments: '82B4',
  namesMoreThanItHas: '2F08',
  placesNamelessCalls: 'F1C3',
  placesTwice: '97E2',
  forgetsTheDead: '4E9C',
  endsTheLiving: 'B16F',
  endsWhatItCannotReach: '0A8D',
  reconcilesForEver: 'D52B',
  pagesWithoutTime: '79C0',
  backfillsAsNews: 'E8A3',
  startsOver: '3605',
  backfillsForEver: 'FC47',
  isNeverHealthy: 'A0D6',
  isAlwaysHealthy: '58EB',
  logsSecret: 'BB5A',
  tellsSecret: '07C6',
  logsToken: '9154',
  logsWords: 'DF8B',
};

const failuresOf = async (mutation?: Mutation) =>
  (await conform(goodSubject(mutation))).audits
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'not-shown')
    .map(({ id, reason }) => `${id} ${reason}`);

it('the good provider passes every audit, and every audit applies to it', async () => {
  const { audits } = await conform(goodSubject());
  expect(audits.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
});

it.each(Object.entries(FAILS) as [Mutation, string][])(
  'a provider that %s fails %s alone',
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
  expect(AUDITS.filter(({ id }) => !failed.has(id)).map(({ id }) => id)).toEqual([]);
});
