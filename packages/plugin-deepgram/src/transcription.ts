/** One call: its audio on one stream or on several, and how they do as one word. */
import { definedFields } from '@sidetone/plugin-kit';
import {
  type Party,
  type TranscriberEvent,
  type TranscriberHost,
  type Transcription,
  type TranscriptionRequest,
  type TranscriptionState,
} from '@sidetone/core';
import { isFlux, listenUrl } from './connection/address.ts';
import { createAudioBuffer } from './audio/audio-buffer.ts';
import type { DeepgramOptions } from './config.ts';
import { createSession, type Session } from './session.ts';
import { messageOf, type Trouble } from './connection/troubles.ts';

/** From the best to the worst. */
const BY_SEVERITY = [
  'TRANSCRIBING',
  'CONNECTING',
  'RECONNECTING',
  'FAILED',
] as const satisfies readonly TranscriptionState[];

interface Standing {
  readonly state: TranscriptionState;
  readonly trouble?: Trouble;
}

/** How all do: as the worst of those that go on, with the trouble of any. */
function standingOf(standings: readonly Standing[]): Standing {
  const byHealth = standings.toSorted((a, b) => BY_SEVERITY.indexOf(a.state) - BY_SEVERITY.indexOf(b.state));
  const worst = byHealth.at(-1)!;
  const going = byHealth.findLast(({ state }) => state !== 'FAILED') ?? worst;
  return { state: going.state, ...definedFields({ trouble: worst.trouble ?? going.trouble }) };
}

export interface CallTranscription extends Transcription {
  /** Settles when nothing of it is left. */
  readonly done: Promise<void>;
}

/** Begins to transcribe a call. `signal` cuts it: nothing is told from then on. */
export function createTranscription(
  options: DeepgramOptions,
  host: TranscriberHost,
  random: () => number,
  { parties, sampleRate, language, emit: tell }: TranscriptionRequest,
  signal: AbortSignal,
): CallTranscription {
  const flux = isFlux(options.model);
  const groups = flux || options.sockets === 'party' ? parties.map((party) => [party]) : [parties];
  const toRate = options.sampleRate ?? sampleRate;
  const places = new Map<Party, { readonly session: Session; readonly channel: number }>();
  const standings: Standing[] = groups.map(() => ({ state: 'CONNECTING' }));
  let told: Standing = { state: 'CONNECTING' };

  function emit(event: TranscriberEvent): void {
    if (!signal.aborted) tell(event);
  }

  function stand(index: number, standing: Standing): void {
    standings[index] = standing;
    const { state, trouble } = standingOf(standings);
    if (state === told.state && trouble?.code === told.trouble?.code) return;
    told = { state, ...definedFields({ trouble }) };
    const message = trouble && messageOf(trouble, options.apiKey.reveal());
    emit({ type: 'state', state, ...definedFields({ code: trouble?.code, message }) });
  }

  const sessions = groups.map((group, index) => {
    const session = createSession({
      host,
      parties: group,
      buffer: createAudioBuffer({
        channels: group.length,
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
          channels: group.length,
          withKeyterms,
          ...definedFields({ language }),
        }),
      emit,
      onState: (state, trouble) => stand(index, { state, ...definedFields({ trouble }) }),
      random,
      signal,
    });
    for (const [channel, party] of group.entries()) places.set(party, { session, channel });
    return session;
  });

  const done = Promise.all(sessions.map((session) => session.done)).then(() => undefined);
  return {
    done,
    write(party, bytes, atMs) {
      const place = places.get(party);
      place?.session.write(place.channel, bytes, atMs);
    },
    async end() {
      await Promise.all(sessions.map((session) => session.end()));
    },
  };
}
