/** GraphQL documents of the providers page. */
import { graphql, type ResultOf } from '../api/graphql.ts';

export const PROVIDERS = graphql(`
  query Providers($isAdmin: Boolean!) {
    providers {
      id
      displayName
      plugin
      state
      stateSince
      stateMessage
      capabilities
      liveCallCount
      lastEventAt
      lastWebhookAt
      lastRejectedWebhookAt
      rejectedWebhooks
      rejectedEvents
      failedRequests
      webhookUrls {
        setting
        url
      }
      notices {
        code
        message
        count
        lastAt
      }
      recentRequests(first: 50) @include(if: $isAdmin) {
        at
        direction
        kind
        method
        path
        messageType
        status
        closeCode
        code
        reason
        remedy
      }
    }
    transcribers {
      id
      displayName
      plugin
      state
      stateSince
      stateMessage
    }
    backfills {
      provider {
        id
      }
      since
      until
      state
      calls
      reached
      message
      requestedBy
    }
  }
`);

export const DIAGNOSTICS = graphql(`
  query Diagnostics($id: ID!) {
    provider(id: $id) {
      id
      diagnostics {
        checkedAt
        results {
          name
          state
          message
          remedy
        }
      }
    }
  }
`);

export const BACKFILL = graphql(`
  mutation Backfill($input: BackfillInput!) {
    backfill(input: $input) {
      state
    }
  }
`);

export type Providers = ResultOf<typeof PROVIDERS>;
export type Provider = Providers['providers'][number];
export type Transcriber = Providers['transcribers'][number];
export type Report = NonNullable<NonNullable<ResultOf<typeof DIAGNOSTICS>['provider']>['diagnostics']>;
export type Backfill = Providers['backfills'][number];
export type RecentRequest = NonNullable<Provider['recentRequests']>[number];
