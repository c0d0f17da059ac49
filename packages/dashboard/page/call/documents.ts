/** What the page of a call asks for. */
import { graphql, type ResultOf } from '../api/graphql.ts';

/** What can change of a call while it is looked at. Every event brings it along, and the cache passes it on. */
const CALL_NOW = graphql(`
  fragment CallNow on Call {
    id
    status
    isLive
    direction
    from
    to
    createdAt
    answeredAt
    endedAt
    capabilities
    mutedParties
    tags
    summary
    assistant {
      name
    }
    end {
      category
      code
      message
    }
    cost {
      amount
      currency
    }
  }
`);

export const CALL = graphql(
  `
    query OneCall($id: ID!, $mayListen: Boolean!) {
      call(id: $id) {
        ...CallNow
        providerCallId
        provider {
          id
          displayName
        }
        listenUrl @include(if: $mayListen)
      }
    }
  `,
  [CALL_NOW],
);

const EVENT = graphql(`
  fragment OneEvent on CallEvent {
    __typename
    at
    cursor
    type
    ... on CallStatusChanged {
      status
    }
    ... on CallEnded {
      end {
        category
        code
      }
    }
    ... on UtteranceFinalized {
      utterance {
        id
        party
        text
        at
        startMs
        endMs
      }
    }
    ... on UtteranceRevised {
      utterance {
        id
        party
        text
        at
        startMs
        endMs
      }
    }
    ... on TranscriptionChanged {
      transcription {
        state
        message
      }
    }
    ... on DtmfReceived {
      digits
    }
    ... on StreamChanged {
      stream {
        id
        encoding
        sampleRate
      }
    }
    ... on CommandChanged {
      commandStatus
      command {
        id
        kind
        arguments
        requestedBy
        failure {
          code
          message
          retryable
        }
      }
    }
    ... on TransferStarted {
      destination
    }
    ... on AssistantChanged {
      assistant {
        name
      }
    }
    ... on CallAnnotated {
      note {
        id
        text
        author
        offsetMs
      }
      tagsAdded
      tagsRemoved
    }
    ... on ProviderNotice {
      code
      message
    }
    ... on ListeningChanged {
      by
    }
  }
`);

/** Who speaks is seen in the levels: as events they would only fill the timeline. */
export const TYPES = [
  'ASSISTANT_CHANGED',
  'CALL_ANNOTATED',
  'CALL_ENDED',
  'CALL_REPORTED',
  'CALL_STARTED',
  'CALL_STATUS_CHANGED',
  'CALL_UPDATED',
  'COMMAND_CHANGED',
  'DTMF_RECEIVED',
  'LISTENING_STARTED',
  'LISTENING_STOPPED',
  'PROVIDER_NOTICE',
  'RECORDING_STARTED',
  'RECORDING_STOPPED',
  'STREAM_STARTED',
  'STREAM_STOPPED',
  'TRANSFER_STARTED',
  'UTTERANCE_FINALIZED',
] as const;

/** What has happened so far, oldest first; with the call as it is then, so that no change falls between the two. */
export const EVENTS_SO_FAR = graphql(
  `
    query EventsSoFar($id: ID!, $after: Cursor, $types: [CallEventType!], $mayListen: Boolean!) {
      call(id: $id) {
        ...CallNow
        listenUrl @include(if: $mayListen)
        events(first: 200, after: $after, types: $types) {
          nodes {
            ...OneEvent
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
      }
    }
  `,
  [EVENT, CALL_NOW],
);

/** What happens from there on. */
export const EVENTS = graphql(
  `
    subscription CallEvents($id: ID!, $after: Cursor, $types: [CallEventType!], $mayListen: Boolean!) {
      callEvents(callId: $id, after: $after, types: $types) {
        ...OneEvent
        call {
          ...CallNow
          listenUrl @include(if: $mayListen)
        }
      }
    }
  `,
  [EVENT, CALL_NOW],
);

/** Words while they are being said. */
export const TRANSCRIPT = graphql(`
  subscription Transcript($id: ID!, $after: Cursor) {
    transcript(callId: $id, after: $after) {
      cursor
      utterance {
        id
        party
        text
        at
        startMs
        endMs
        isFinal
      }
    }
  }
`);

export type Call = NonNullable<ResultOf<typeof CALL>['call']>;
export type CallEvent = ResultOf<typeof EVENT>;
export type TranscriptUpdate = ResultOf<typeof TRANSCRIPT>['transcript'];
