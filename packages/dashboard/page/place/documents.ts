/** GraphQL documents for placing a call, and for watching one that another application controls. */
import { graphql, type ResultOf } from '../api/graphql.ts';

export const CALLING_PROVIDERS = graphql(`
  query CallingProviders {
    providers {
      id
      displayName
      state
      capabilities
    }
  }
`);

/** The assistants of the last calls, as suggestions: the API has no list of all. */
export const RECENT_ASSISTANTS = graphql(`
  query RecentAssistants($providerId: ID!) {
    calls(filter: { providerIds: [$providerId] }, first: 50) {
      nodes {
        id
        assistant {
          name
          providerAssistantId
        }
      }
    }
  }
`);

export const PLACE_CALL = graphql(`
  mutation PlaceCall($input: PlaceCallInput!) {
    placeCall(input: $input) {
      command {
        id
        status
      }
      call {
        id
      }
      failure {
        code
        message
        retryable
      }
    }
  }
`);

/** The progress of a command that has not created a call yet. */
export const PLACED_COMMAND = graphql(`
  query PlacedCommand($id: ID!) {
    command(id: $id) {
      id
      status
      call {
        id
      }
      failure {
        code
        message
      }
    }
  }
`);

export const WATCH_CALL = graphql(`
  mutation WatchCall($input: WatchCallInput!) {
    watchCall(input: $input) {
      call {
        id
      }
      failure {
        code
        message
      }
    }
  }
`);

export const CALL_BY_PROVIDER_ID = graphql(`
  query CallByProviderId($providerId: ID!, $providerCallId: String!) {
    callByProviderId(providerId: $providerId, providerCallId: $providerCallId) {
      id
    }
  }
`);

export type CallingProvider = ResultOf<typeof CALLING_PROVIDERS>['providers'][number];
type RecentCall = ResultOf<typeof RECENT_ASSISTANTS>['calls']['nodes'][number];
export type RecentAssistant = NonNullable<RecentCall['assistant']>;
