import { graphql, type ResultOf } from '../api/graphql.ts';

/** Statistics of a range, and of the previous range for comparison. */
export const OVERVIEW = graphql(`
  query Overview($now: CallFilter!, $answered: CallFilter!, $before: CallFilter!, $bucket: StatsBucket!) {
    now: callStats(filter: $now, bucket: $bucket) {
      calls
      live
      totalDurationMs
      averageDurationMs
      byProvider {
        calls
        provider {
          id
          displayName
        }
      }
      byEndCategory {
        calls
        category
      }
      series {
        at
        calls
        totalDurationMs
      }
    }
    answered: callStats(filter: $answered) {
      calls
    }
    before: callStats(filter: $before) {
      calls
      averageDurationMs
    }
  }
`);

export type Overview = ResultOf<typeof OVERVIEW>;
