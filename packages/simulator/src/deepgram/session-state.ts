import type { WindowResults } from './transcript/channel.ts';
import type { Transcription } from './transcript/transcription.ts';

/** The final transcript of a window of a channel. Times are seconds of audio. */
export interface FinalState {
  readonly channel: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The state of a socket, for tests to compare with. */
export interface DeepgramSessionState {
  /** The request id, which its messages contain too. */
  readonly id: string;
  readonly status: 'open' | 'closed';
  readonly openedAt: number;
  readonly closedAt: number | undefined;
  /** The close code; 1006 without a closing handshake. */
  readonly closeCode: number | undefined;
  /** The query as received, each name with its values. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** The number of transcribed channels. */
  readonly channels: number;
  /** The seconds of audio that were received for each channel, and that were processed. */
  readonly receivedSeconds: number;
  readonly processedSeconds: number;
  /** The received messages by type; audio counts as `audio`, invalid text as `invalid`. */
  readonly received: Readonly<Record<string, number>>;
  /** The sent messages by type. */
  readonly sent: Readonly<Record<string, number>>;
  /** The finals with text, the latest `MAX_REMEMBERED_FINALS`. */
  readonly finals: readonly FinalState[];
}

/** How many finals of a socket are kept. */
const MAX_REMEMBERED_FINALS = 1_000;

/** Records the messages of one socket. */
export interface SessionLog {
  readonly receivedSeconds: number;
  received(type: string): void;
  audio(seconds: number): void;
  /** Counts a message. Returns how many were sent. */
  sent(type: string): number;
  final(results: Pick<WindowResults, 'start' | 'end' | 'words'>, channel: number): void;
  closed(code: number): void;
  state(): DeepgramSessionState;
}

/** Creates the log of a socket that opens now. */
export function createSessionLog(
  id: string,
  parameters: URLSearchParams,
  transcription: Pick<Transcription, 'channels' | 'seconds'>,
): SessionLog {
  const openedAt = Date.now();
  const query = Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]),
  );
  const received: Record<string, number> = {};
  const sent: Record<string, number> = {};
  let sentCount = 0;
  let receivedSeconds = 0;
  let finals: FinalState[] = [];
  let closed: { readonly at: number; readonly code: number } | undefined;
  return {
    get receivedSeconds() {
      return receivedSeconds;
    },
    received(type) {
      received[type] = (received[type] ?? 0) + 1;
    },
    audio(seconds) {
      receivedSeconds += seconds;
    },
    sent(type) {
      sent[type] = (sent[type] ?? 0) + 1;
      sentCount += 1;
      return sentCount;
    },
    final({ start, end, words }, channel) {
      const text = words.map(({ punctuated }) => punctuated).join(' ');
      finals = [...finals, { channel, start, end, text }].slice(-MAX_REMEMBERED_FINALS);
    },
    closed(code) {
      closed = { at: Date.now(), code };
    },
    state: () => ({
      id,
      status: closed === undefined ? 'open' : 'closed',
      openedAt,
      closedAt: closed?.at,
      closeCode: closed?.code,
      query,
      channels: transcription.channels,
      receivedSeconds,
      processedSeconds: transcription.seconds,
      received: { ...received },
      sent: { ...sent },
      finals,
    }),
  };
}
