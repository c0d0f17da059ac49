/** GraphQL documents of stored data: retention, legal holds and erasure. */
import { graphql, type ResultOf } from '../../api/graphql.ts';

export const STORED_DATA = graphql(`
  query StoredData {
    erasurePending
    retention {
      recordingBytes
      freeBytes
      missingBytes
      removedRecordings
      rules {
        kind
        days
        providerIds
        cutoff
        backlog
        removedCalls
        removedRows
      }
    }
  }
`);

export const HELD_CALLS = graphql(`
  query HeldCalls($first: Int!, $after: String) {
    calls(filter: { held: true }, first: $first, after: $after) {
      totalCount
      nodes {
        id
        from
        to
        direction
        createdAt
        isLive
        assistant {
          name
        }
        provider {
          id
          displayName
        }
        hold {
          by
          since
          reason
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export const RELEASE_HOLD = graphql(`
  mutation ReleaseHeldCall($callId: ID!) {
    releaseHold(callId: $callId) {
      id
      hold {
        by
      }
    }
  }
`);

export const CALLS_OF_NUMBER = graphql(`
  query CallsOfNumber($number: String!) {
    calls(filter: { numberIs: $number }, first: 20) {
      totalCount
      nodes {
        id
        createdAt
        isLive
        provider {
          id
          displayName
        }
      }
    }
  }
`);

export const ERASE_NUMBER = graphql(`
  mutation EraseNumber($number: String!) {
    eraseNumber(number: $number) {
      status
      calls
      commands
      held
      live
    }
  }
`);

export type StoredData = ResultOf<typeof STORED_DATA>;
export type HeldCall = ResultOf<typeof HELD_CALLS>['calls']['nodes'][number];
export type FoundCalls = ResultOf<typeof CALLS_OF_NUMBER>['calls'];
export type ErasedPart = ResultOf<typeof ERASE_NUMBER>['eraseNumber'];
