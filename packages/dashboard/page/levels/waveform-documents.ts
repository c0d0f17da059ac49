import { graphql, type ResultOf } from '../api/graphql.ts';

export const WAVEFORM = graphql(`
  query Waveform($id: ID!, $points: Int!) {
    call(id: $id) {
      id
      waveform(points: $points) {
        party
        peaksDb
      }
    }
  }
`);

export type PartyWaveform = NonNullable<ResultOf<typeof WAVEFORM>['call']>['waveform'][number];

/** The daemon keeps a reading for each tenth of a second: more points than that would tell nothing. */
const MS_A_READING = 100;
const FEWEST = 40;
const MOST = 600;

export const pointsFor = (durationMs: number): number =>
  Math.min(MOST, Math.max(FEWEST, Math.ceil(durationMs / MS_A_READING)));
