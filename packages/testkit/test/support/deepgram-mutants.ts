/** The Deepgram plugin with mistakes: a layer around its host, its calls or its sockets. */
import { pbkdf2Sync } from 'node:crypto';
import type { Socket, Transcriber, TranscriberHost, Transcription } from '@sidetone/core';
import { objectOf, parseJson } from '@sidetone/plugin-kit';
import type { TranscriberSubject } from '@sidetone/testkit';
import { DEEPGRAM } from '../shipped/deepgram.ts';

interface Mistake {
  readonly host?: (host: TranscriberHost) => TranscriberHost;
  readonly transcriber?: (transcriber: Transcriber, host: TranscriberHost) => Transcriber;
}

function deepgramWith({ host: wrapHost, transcriber: wrap }: Mistake): TranscriberSubject {
  const { plugin, scenario } = DEEPGRAM as TranscriberSubject;
  return {
    scenario,
    plugin: {
      ...plugin,
      create(options, host) {
        const transcriber = plugin.create(options, wrapHost?.(host) ?? host);
        return wrap?.(transcriber, host) ?? transcriber;
      },
    },
  };
}

const withSockets =
  (change: (socket: Socket) => Partial<Socket>) =>
  (host: TranscriberHost): TranscriberHost => ({
    ...host,
    async dial(url, options) {
      const socket = await host.dial(url, options);
      const { send, close, onMessage, onClose } = socket;
      const methods = { send, close, onMessage, onClose };
      const bound = Object.fromEntries(
        Object.entries(methods).map(([name, method]) => [name, method.bind(socket as never)]),
      ) as unknown as Socket;
      return { ...bound, ...change(socket) };
    },
  });

/** Returns a transcriber whose audio passes through `write` first. */
const withWrites =
  (createWrite: () => () => boolean) =>
  (transcriber: Transcriber): Transcriber => ({
    ...transcriber,
    open(request, signal): Transcription {
      const call = transcriber.open(request, signal);
      const isWritten = createWrite();
      return {
        write: (party, bytes, atMs) => isWritten() && call.write(party, bytes, atMs),
        end: () => call.end(),
      };
    },
  });

export const slowDeepgram = (): TranscriberSubject =>
  deepgramWith({
    transcriber: withWrites(() => () => pbkdf2Sync('a', 'b', 100_000, 32, 'sha256').length > 0),
  });

/** The subjects with the audit that fails. */
export const DEEPGRAM_MUTANTS: Readonly<Record<string, readonly [id: string, TranscriberSubject]>> = {
  'leaves a timer if it had no call': [
    'E3C4',
    deepgramWith({
      transcriber(transcriber, { clock }) {
        let hasCall = false;
        return {
          ...transcriber,
          open(request, signal) {
            hasCall = true;
            return transcriber.open(request, signal);
          },
          async stop(signal) {
            await transcriber.stop(signal);
            if (!hasCall) clock.schedule(60_000, () => undefined);
          },
        };
      },
    }),
  ],
  'drops late audio by the clock of the machine': [
    'B7D5',
    deepgramWith({
      transcriber: withWrites(() => {
        let at = Date.now();
        return () => {
          const before = at;
          at = Date.now();
          return at - before < 60_000;
        };
      }),
    }),
  ],
  'throws if a result has no channel': [
    'D6E1',
    deepgramWith({
      host: withSockets((socket) => ({
        onMessage: (listener) =>
          socket.onMessage((message) => {
            const { type, channel_index: channel } = objectOf(parseJson(String(message)));
            if (type === 'Results' && channel === undefined) throw new TypeError('no channel');
            listener(message);
          }),
      })),
    }),
  ],
};
