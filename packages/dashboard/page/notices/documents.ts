/** GraphQL documents of the notices. */
import { graphql, type ResultOf } from '../api/graphql.ts';

export const HEALTH = graphql(`
  query Health {
    providers {
      id
      displayName
      state
      stateMessage
      notices {
        code
        message
        count
        lastAt
      }
    }
    transcribers {
      id
      displayName
      state
      stateMessage
    }
  }
`);

export type Health = ResultOf<typeof HEALTH>;
