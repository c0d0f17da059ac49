/** GraphQL documents of the call page. */
import { graphql, type ResultOf } from '../api/graphql.ts';

/** Fields that can change. Every event includes them, so that the cache stays up to date. */
const CALL_FIELDS = graphql(`
  fragment CallFields on Call {
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
    query CallDetails($id: ID!, $canListen: Boolean!) {
      call(id: $id) {
        ...CallFields
        providerCallId
        provider {
          id
          displayName
        }
        listenUrl @include(if: $canListen)
      }
    }
  `,
  [CALL_FIELDS],
);

const EVENT = graphql(`
  fragment EventFields on CallEvent {
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
    ... on CallNotice {
      code
      message
    }
    ... on ListeningChanged {
      by
    }
  }
`);

/** The event types that the page loads. Speech events are omitted, because the level meters show who is speaking. */
export const EVENT_TYPES = [
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
  'CALL_NOTICE',
  'RECORDING_STARTED',
  'RECORDING_STOPPED',
  'STREAM_STARTED',
  'STREAM_STOPPED',
  'TRANSFER_STARTED',
  'UTTERANCE_FINALIZED',
] as const;

/** Past events, oldest first, with the current fields of the call, so that no change is missed in between. */
export const PAST_EVENTS = graphql(
  `
    query PastEvents($id: ID!, $after: Cursor, $types: [CallEventType!], $canListen: Boolean!) {
      call(id: $id) {
        ...CallFields
        listenUrl @include(if: $canListen)
        events(first: 200, after: $after, types: $types) {
          nodes {
            ...EventFields
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
      }
    }
  `,
  [EVENT, CALL_FIELDS],
);

/** New events. */
export const EVENTS = graphql(
  `
    subscription CallEvents($id: ID!, $after: Cursor, $types: [CallEventType!], $canListen: Boolean!) {
      callEvents(callId: $id, after: $after, types: $types) {
        ...EventFields
        call {
          ...CallFields
          listenUrl @include(if: $canListen)
        }
      }
    }
  `,
  [EVENT, CALL_FIELDS],
);

/** Partials and finals. */
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
