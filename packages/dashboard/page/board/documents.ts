/** GraphQL documents of the board. */
import { graphql, type ResultOf } from '../api/graphql.ts';

const BOARD_CALL = graphql(`
  fragment BoardCall on Call {
    id
    status
    isLive
    direction
    from
    to
    createdAt
    answeredAt
    tags
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
    utterances(last: 1) {
      nodes {
        id
        party
        text
        at
      }
    }
  }
`);

/** A snapshot of all live calls, then each call that changes. After a reconnect, a new snapshot is sent. */
export const LIVE_CALLS = graphql(
  `
    subscription BoardCalls {
      liveCalls {
        __typename
        ... on LiveCallsSnapshot {
          cursor
          calls {
            ...BoardCall
          }
        }
        ... on LiveCallChanged {
          cursor
          call {
            ...BoardCall
          }
        }
      }
    }
  `,
  [BOARD_CALL],
);

/** Speech in live calls, starting after the cursor of the snapshot. `liveCalls` does not report it. */
export const SPEECH = graphql(`
  subscription BoardSpeech($after: Cursor!) {
    callEvents(after: $after, types: [UTTERANCE_FINALIZED, SPEECH_STARTED, SPEECH_STOPPED]) {
      __typename
      cursor
      call {
        id
      }
      ... on UtteranceFinalized {
        utterance {
          id
          party
          text
          at
        }
      }
      ... on SpeechChanged {
        type
        party
      }
    }
  }
`);

export const PROVIDERS = graphql(`
  query BoardProviders {
    providers {
      id
      displayName
      lastWebhookAt
      lastEventAt
    }
  }
`);

export type BoardProvider = ResultOf<typeof PROVIDERS>['providers'][number];
export type LiveCallsUpdate = ResultOf<typeof LIVE_CALLS>['liveCalls'];
export type SpeechEvent = ResultOf<typeof SPEECH>['callEvents'];
export type LiveCall = ResultOf<typeof BOARD_CALL>;
