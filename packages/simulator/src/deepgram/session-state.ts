// What is true about a socket, for tests to compare with.

import type { WindowResults } from './transcript/channel.ts';
import type { Transcription } from './transcript/transcription.ts';

/** A window of a channel that was made final, with the words that were heard in it. Times are seconds of audio. */
export interface FinalState {
  readonly channel: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What is true about a socket. */
export interface DeepgramSessionState {
  /** The request id, which its messages carry, too. */
  readonly id: string;
  readonly status: 'open' | 'closed';
  readonly openedAt: number;
  readonly closedAt: number | undefined;
  /** The code that the socket closed with; 1006 when there was no closing handshake. */
  readonly closeCode: number | undefined;
  /** The query as it came, each name with its values. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** How many channels are heard. */
  readonly channels: number;
  /** The seconds of audio that came for each channel, and those that were listened to. */
  readonly receivedSeconds: number;
  readonly heardSeconds: number;
  /** What came, by type: audio is `audio`, text that could not be read is `refused`. */
  readonly received: Readonly<Record<string, number>>;
  /** What was sent, by type. */
  readonly sent: Readonly<Record<string, number>>;
  /** The finals with words, the latest `MAX_REMEMBERED_FINALS` of them. */
  readonly finals: readonly FinalState[];
}

/** How many finals of a socket are remembered. */
export const MAX_REMEMBERED_FINALS = 1_000;

/** Keeps the books of one socket. */
export interface SessionLog {
  readonly receivedSeconds: number;
  received(type: string): void;
  audio(seconds: number): void;
  /** How many messages were sent, with this one. */
  sent(type: string): number;
  final(results: WindowResults, channel: number): void;
  closed(code: number): void;
  state(): DeepgramSessionState;
}

/** For a socket that opens now. */
export function createSessionLog(
  id: string,
  parameters: URLSearchParams,
  transcription: Transcription,
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
      heardSeconds: transcription.seconds,
      received: { ...received },
      sent: { ...sent },
      finals,
    }),
  };
}
