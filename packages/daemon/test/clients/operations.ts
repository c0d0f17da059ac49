/** The operations that each client library runs, as its users would write them. */
export const CALLS = /* GraphQL */ `
  query Calls($first: Int!, $after: String) {
    calls(first: $first, after: $after) {
      edges {
        cursor
        node {
          id
          providerCallId
          status
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

export const SAY = /* GraphQL */ `
  mutation Say($input: SayInput!) {
    say(input: $input) {
      command {
        id
        status
      }
      failure {
        code
      }
    }
  }
`;

export const EVENTS = /* GraphQL */ `
  subscription Events {
    callEvents(types: [UTTERANCE_FINALIZED]) {
      ... on UtteranceFinalized {
        utterance {
          id
          text
        }
      }
    }
  }
`;

/** The result of `CALLS`. */
export interface CallsPage {
  readonly calls: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly providerCallId: string } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}
