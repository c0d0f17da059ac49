import { graphql, type ResultOf } from '../api/graphql.ts';

export const AUDIO_LEVELS = graphql(`
  subscription AudioLevels($callIds: [ID!]!, $intervalMs: Int!) {
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

export type Levels = ResultOf<typeof AUDIO_LEVELS>['audioLevels'];
export type CallLevels = Levels['levels'][number];
