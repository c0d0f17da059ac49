import { graphql, type ResultOf } from '../api/graphql.ts';

export const RECORDING = graphql(`
  query Recording($id: ID!) {
    call(id: $id) {
      id
      recording {
        startedAt
        durationMs
        bytes
      }
    }
  }
`);

export type Recording = NonNullable<NonNullable<ResultOf<typeof RECORDING>['call']>['recording']>;
