/** Mutations that control a call. All return the same payload. */
import { graphql, type ResultOf } from '../../api/graphql.ts';

const OUTCOME = graphql(`
  fragment Outcome on CommandPayload {
    command {
      id
    }
    failure {
      code
      message
      retryable
    }
    call {
      id
      mutedParties
      capabilities
      capturePause {
        parts
        since
        until
        by
        reason
      }
    }
  }
`);

export type Outcome = ResultOf<typeof OUTCOME>;

export const SAY = graphql(
  `
    mutation Say($input: SayInput!) {
      outcome: say(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const ADD_MESSAGE = graphql(
  `
    mutation AddMessage($input: AddMessageInput!) {
      outcome: addMessage(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const MUTE = graphql(
  `
    mutation Mute($input: MuteInput!) {
      outcome: mute(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const UNMUTE = graphql(
  `
    mutation Unmute($input: MuteInput!) {
      outcome: unmute(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const SAY_FIRST_MESSAGE = graphql(
  `
    mutation SayFirstMessage($input: CallInput!) {
      outcome: sayFirstMessage(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const TRANSFER = graphql(
  `
    mutation Transfer($input: TransferInput!) {
      outcome: transfer(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const HANDOFF = graphql(
  `
    mutation Handoff($input: HandoffInput!) {
      outcome: handoff(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const END_CALL = graphql(
  `
    mutation EndCall($input: CallInput!) {
      outcome: endCall(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const SEND_DTMF = graphql(
  `
    mutation SendDtmf($input: SendDtmfInput!) {
      outcome: sendDtmf(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const PLAY_AUDIO = graphql(
  `
    mutation PlayAudio($input: PlayAudioInput!) {
      outcome: playAudio(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const CLEAR_AUDIO = graphql(
  `
    mutation ClearAudio($input: CallInput!) {
      outcome: clearAudio(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const PAUSE_CAPTURE = graphql(
  `
    mutation PauseCapture($input: PauseCaptureInput!) {
      outcome: pauseCapture(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

export const RESUME_CAPTURE = graphql(
  `
    mutation ResumeCapture($input: ResumeCaptureInput!) {
      outcome: resumeCapture(input: $input) {
        ...Outcome
      }
    }
  `,
  [OUTCOME],
);

/** Starts or stops transcription. Not a command: its progress is reported by events. */
export const TRANSCRIBE = graphql(`
  mutation Transcribe($callId: ID!, $on: Boolean!, $transcriber: ID, $language: String) {
    transcribe(callId: $callId, on: $on, transcriber: $transcriber, language: $language) {
      id
    }
  }
`);

export const TRANSCRIBERS = graphql(`
  query CallTranscribers {
    transcribers {
      id
      displayName
      state
      stateMessage
    }
  }
`);
