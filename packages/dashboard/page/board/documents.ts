/** What the board asks for. */
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

/** All live calls, then each that changes. After a drop it begins with all of them again. */
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

/** What is said in them: no change of a call, so told apart, from the very place at which the calls were so. */
export const WORDS = graphql(`
  subscription BoardWords($after: Cursor!) {
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
      state
      stateMessage
    }
  }
`);

export type LiveCallsUpdate = ResultOf<typeof LIVE_CALLS>['liveCalls'];
export type WordsUpdate = ResultOf<typeof WORDS>['callEvents'];
export type CallOnBoard = ResultOf<typeof BOARD_CALL>;
export type Provider = ResultOf<typeof PROVIDERS>['providers'][number];
