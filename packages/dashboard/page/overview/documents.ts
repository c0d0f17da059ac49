import { graphql, type ResultOf } from '../api/graphql.ts';

/** Statistics of a range, and of the previous range for comparison. */
export const OVERVIEW = graphql(`
  query Overview(
    $now: CallFilter!
    $answered: CallFilter!
    $before: CallFilter!
    $bucket: StatsBucket!
    $timeZone: String!
    $splitBy: StatsDimension
  ) {
    now: callStats(filter: $now, bucket: $bucket, timeZone: $timeZone, splitBy: $splitBy) {
      calls
      live
      totalDurationMs
      averageDurationMs
      durationPercentiles {
        p50Ms
        p90Ms
        p95Ms
      }
      costs {
        amount
        currency
      }
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
      splitSeries {
        key
        calls
        points {
          at
          calls
        }
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
