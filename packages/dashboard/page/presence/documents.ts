/** GraphQL documents of who watches and listens. */
import { graphql } from '../api/graphql.ts';

export const PRESENCE = graphql(`
  query Presence($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      ... on Call {
        id
        listeners {
          name
        }
        viewers {
          name
        }
      }
    }
  }
`);
