/** GraphQL documents of the call page. */
import { graphql, type ResultOf, type EnumOf } from '../api/graphql.ts';

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
    hold {
      by
      since
      reason
    }
    capturePause {
      parts
      since
      until
      by
      reason
    }
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
    by
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
        confidence
        addedBy
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
        confidence
        addedBy
      }
    }
    ... on TranscriptionChanged {
      transcription {
        state
        message
        transcriber {
          id
          displayName
        }
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
        frames
        missingFrames
        recordingLostMs
        transcriptLostMs
        listeningLostMs
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
    ... on CallHoldChanged {
      held
      reason
    }
    ... on CaptureChanged {
      pausedParts
      reason
    }
    ... on CallNotice {
      code
      message
    }
  }
`);

/** Whether the page loads events of a type. Speech events are omitted, because the level meters show who is speaking. */
const IS_LOADED = {
  ASSISTANT_CHANGED: true,
  CALL_ANNOTATED: true,
  CALL_ENDED: true,
  CALL_HOLD_CHANGED: true,
  CALL_NOTICE: true,
  CALL_REPORTED: true,
  CALL_STARTED: true,
  CALL_STATUS_CHANGED: true,
  CALL_UPDATED: true,
  CALL_WATCHED: true,
  CAPTURE_CHANGED: true,
  COMMAND_CHANGED: true,
  DTMF_RECEIVED: true,
  LISTENING_STARTED: true,
  LISTENING_STOPPED: true,
  RECORDING_STARTED: true,
  RECORDING_STOPPED: true,
  SPEECH_STARTED: false,
  SPEECH_STOPPED: false,
  STREAM_STARTED: true,
  STREAM_STOPPED: true,
  TRANSCRIPTION_CHANGED: true,
  TRANSFER_STARTED: true,
  UTTERANCE_FINALIZED: true,
  UTTERANCE_REVISED: true,
} as const satisfies Record<EnumOf<'CallEventType'>, boolean>;

export const EVENT_TYPES = (Object.keys(IS_LOADED) as (keyof typeof IS_LOADED)[]).filter(
  (type) => IS_LOADED[type],
);

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
        confidence
        isFinal
        addedBy
      }
    }
  }
`);

export type Call = NonNullable<ResultOf<typeof CALL>['call']>;
export type CallEvent = ResultOf<typeof EVENT>;
export type TranscriptUpdate = ResultOf<typeof TRANSCRIPT>['transcript'];
