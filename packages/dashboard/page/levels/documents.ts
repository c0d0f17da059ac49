/** GraphQL documents of levels and waveforms. */
import { graphql, type ResultOf } from '../api/graphql.ts';

export const AUDIO_LEVELS = graphql(`
  subscription AudioLevels($callIds: [ID!], $intervalMs: Int!) {
    audioLevels(callIds: $callIds, intervalMs: $intervalMs) {
      levels {
        callId
        parties {
          party
          rmsDb
          speaking
        }
      }
    }
  }
`);

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

export type Levels = ResultOf<typeof AUDIO_LEVELS>['audioLevels'];
export type CallLevels = Levels['levels'][number];
export type PartyWaveform = NonNullable<ResultOf<typeof WAVEFORM>['call']>['waveform'][number];
