/** GraphQL documents of the history page. */
import { graphql, type ResultOf } from '../api/graphql.ts';

const RESULT_CALL = graphql(`
  fragment ResultCall on Call {
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

/** The assistants with the most calls since a time. */
export const ASSISTANTS = graphql(`
  query Assistants($since: DateTime) {
    callStats(filter: { createdAfter: $since }, bucket: MONTH, splitBy: ASSISTANT) {
      splitSeries {
        key
        calls
      }
    }
  }
`);

/** Calls, newest first, with their first lines. */
export const PAST_CALLS = graphql(
  `
    query PastCalls($filter: CallFilter, $orderBy: CallOrder, $first: Int!, $after: String) {
      calls(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
        totalCount
        nodes {
          ...ResultCall
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
  [RESULT_CALL],
);

/** Matching lines, newest first. */
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
              ...ResultCall
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
  [RESULT_CALL],
);

/** The number of calls that match a filter. */
export const CALL_COUNT = graphql(`
  query CallCount($filter: CallFilter) {
    calls(filter: $filter, first: 1) {
      totalCount
    }
  }
`);

/** A signed URL of the calls that match a filter, as CSV. */
export const EXPORT_URL = graphql(`
  query ExportUrl($filter: CallFilter) {
    exportUrl(content: CALLS, format: CSV, filter: $filter, expiresInSeconds: 60) {
      url
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

export type ResultCall = ResultOf<typeof RESULT_CALL>;
export type PastCall = ResultOf<typeof PAST_CALLS>['calls']['nodes'][number];
export type Match = ResultOf<typeof MATCHES>['searchTranscripts']['nodes'][number];
