/** The transcription of one call: one session or one per party, and their combined state. */
import { definedFields } from '@sidetone/plugin-kit';
import {
  type Party,
  type TranscriberEvent,
  type TranscriberHost,
  type Transcription,
  type TranscriptionRequest,
  type TranscriptionState,
} from '@sidetone/core';
import { createAudioBuffer } from './audio/audio-buffer.ts';
import { isFlux, type DeepgramOptions } from './config.ts';
import { messageOf, type ConnectionError } from './connection/connection-errors.ts';
import { listenUrl } from './connection/urls.ts';
import { Session } from './session.ts';

/** From the best to the worst. */
const BY_SEVERITY = [
  'TRANSCRIBING',
  'CONNECTING',
  'RECONNECTING',
  'FAILED',
] as const satisfies readonly TranscriptionState[];

interface Status {
  readonly state: TranscriptionState;
  readonly error?: ConnectionError;
}

/** Combines the statuses of sessions: the worst state that is not FAILED if there is one, and the error of the worst state. */
function combined(statuses: readonly Status[]): Status {
  const bySeverity = statuses.toSorted((a, b) => BY_SEVERITY.indexOf(a.state) - BY_SEVERITY.indexOf(b.state));
  const worst = bySeverity.at(-1)!;
  const running = bySeverity.findLast(({ state }) => state !== 'FAILED') ?? worst;
  return { state: running.state, ...definedFields({ error: worst.error ?? running.error }) };
}

export interface CallTranscription extends Transcription {
  /** Resolves when everything is released. */
  readonly done: Promise<void>;
}

/** Starts the transcription of a call. `signal` aborts it: nothing is emitted from then on. */
export function createTranscription(
  options: DeepgramOptions,
  host: TranscriberHost,
  random: () => number,
  request: TranscriptionRequest,
  signal: AbortSignal,
): CallTranscription {
  const { parties, sampleRate, language } = request;
  const flux = isFlux(options.model);
  const groups = flux || options.sockets === 'party' ? parties.map((party) => [party]) : [parties];
  const toRate = options.sampleRate ?? sampleRate;
  const channelOf = new Map<Party, { readonly session: Session; readonly channel: number }>();
  const statuses: Status[] = groups.map(() => ({ state: 'CONNECTING' }));
  let emitted: Status = { state: 'CONNECTING' };

  function emit(event: TranscriberEvent): void {
    if (!signal.aborted) request.emit(event);
  }

  function setStatus(index: number, status: Status): void {
    statuses[index] = status;
    const { state, error } = combined(statuses);
    if (state === emitted.state && error?.code === emitted.error?.code) return;
    emitted = { state, ...definedFields({ error }) };
    const message = error && messageOf(error, options.apiKey.reveal());
    emit({ type: 'state', state, ...definedFields({ code: error?.code, message }) });
  }

  function createSession(group: readonly Party[], index: number): Session {
    const channels = group.length;
    return new Session({
      host,
      parties: group,
      buffer: createAudioBuffer({
        channels,
        fromRate: sampleRate,
        toRate,
        encoding: options.encoding,
        capacityMs: options.bufferMs,
      }),
      options,
      isFlux: flux,
      url: (withKeyterms) =>
        listenUrl(options, {
          sampleRate: toRate,
          channels,
          withKeyterms,
          ...definedFields({ language }),
        }),
      emit,
      onState: (state, error) => setStatus(index, { state, ...definedFields({ error }) }),
      random,
      signal,
    });
  }

  const sessions = groups.map((group, index) => {
    const session = createSession(group, index);
    for (const [channel, party] of group.entries()) channelOf.set(party, { session, channel });
    return session;
  });

  const done = Promise.all(sessions.map((session) => session.done)).then(() => undefined);
  return {
    done,
    write(party, bytes, atMs) {
      const target = channelOf.get(party);
      target?.session.write(target.channel, bytes, atMs);
    },
    async end() {
      await Promise.all(sessions.map((session) => session.end()));
    },
  };
}
