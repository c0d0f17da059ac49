/** What history asks for. */
import { graphql, type ResultOf } from '../api/graphql.ts';

const FOUND_CALL = graphql(`
  fragment FoundCall on Call {
    id
    isLive
    status
    direction
    from
    to
    createdAt
    durationMs
    tags
    summary
    provider {
      id
      displayName
    }
    assistant {
      name
    }
    end {
      category
    }
  }
`);

/** Calls, newest first, each with how it began. */
export const PAST_CALLS = graphql(
  `
    query PastCalls($filter: CallFilter, $first: Int!, $after: String) {
      calls(filter: $filter, first: $first, after: $after) {
        totalCount
        nodes {
          ...FoundCall
          utterances(first: 2) {
            nodes {
              id
              party
              text
            }
          }
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  `,
  [FOUND_CALL],
);

/** Where words were said, newest first. */
export const MATCHES = graphql(
  `
    query Matches($query: String!, $filter: CallFilter, $first: Int!, $after: String) {
      searchTranscripts(query: $query, filter: $filter, first: $first, after: $after) {
        nodes {
          snippet
          utterance {
            id
            party
            text
            at
            startMs
            endMs
            call {
              ...FoundCall
              answeredAt
            }
          }
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  `,
  [FOUND_CALL],
);

/** In how many calls something is so. */
export const HOW_MANY = graphql(`
  query HowMany($filter: CallFilter) {
    calls(filter: $filter, first: 1) {
      totalCount
    }
  }
`);

export const PROVIDER_NAMES = graphql(`
  query ProviderNames {
    providers {
      id
      displayName
    }
  }
`);

export type FoundCall = ResultOf<typeof FOUND_CALL>;
export type PastCall = ResultOf<typeof PAST_CALLS>['calls']['nodes'][number];
export type Match = ResultOf<typeof MATCHES>['searchTranscripts']['nodes'][number];
