import { graphql } from '../api/graphql.ts';

export const SIGNED_LISTEN_URL = graphql(`
  query SignedListenUrl($id: ID!) {
    call(id: $id) {
      id
      signedListenUrl {
        url
      }
    }
  }
`);
