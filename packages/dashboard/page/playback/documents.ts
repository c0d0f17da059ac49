import { graphql } from '../api/graphql.ts';

export const RECORDING = graphql(`
  query Recording($id: ID!) {
    call(id: $id) {
      id
      recording {
        state
        startedAt
        durationMs
      }
    }
  }
`);
