/** The audio sockets that Acme opens: one for each call, at an address with a token. */
import { FRAME_MS, type Party, type ProviderCallId, type ProviderHost, type Socket } from '@sidetone/core';
import {
  BoundedMap,
  getOwn,
  LATE_AUDIO_MS,
  numberOf,
  objectOf,
  parseJson,
  textOf,
} from '@sidetone/plugin-kit';
// @if bot
import { createPacedWriter } from '@sidetone/plugin-kit';
// @end

const FORMAT = { encoding: 'mulaw', sampleRate: 8000 } as const;
const PARTIES: Readonly<Record<string, Party>> = { caller: 'CUSTOMER', agent: 'ASSISTANT' };
/** Calls whose socket has not connected yet. Further ones replace the oldest. */
const MAX_TOKENS = 1000;
/** A larger difference between the numbers of two frames is not a loss, but another count. A minute. */
const MAX_LOST_FRAMES = 3000;

export type Audio = ReturnType<typeof createAudio>;

export function createAudio(host: ProviderHost) {
  const calls = new BoundedMap<string, ProviderCallId>(MAX_TOKENS);
  const sockets = new Map<ProviderCallId, Socket>();
  const stopped = new AbortController();
  const tokenIn = (path: string): string => /^audio\/([^/]+)$/.exec(path)?.[1] ?? '';

  return {
    /** Returns the address to which Acme sends the audio of a call. */
    urlOf(id: ProviderCallId): URL {
      const token = host.randomToken();
      calls.set(token, id);
      return host.publicUrl(`audio/${token}`, 'ws');
    },
    admits: (path: string): boolean => calls.has(tokenIn(path)),
    /** Accepts a socket. Its token connects no other one. */
    connect(path: string, socket: Socket): void {
      const token = tokenIn(path);
      const id = calls.get(token);
      calls.delete(token);
      if (id === undefined) {
        socket.close(1008);
        return;
      }
      sockets.set(id, socket);
      const end = receive(host, id, socket);
      socket.onClose(() => {
        if (sockets.get(id) === socket) sockets.delete(id);
        end();
      });
    },
    /** Closes the socket of a call that has ended, when its last audio must have arrived. */
    async ended(id: ProviderCallId): Promise<void> {
      await host.clock.delay(LATE_AUDIO_MS, stopped.signal);
      sockets.get(id)?.close(1000);
    },
    stop(): void {
      stopped.abort();
      for (const socket of sockets.values()) socket.close(1001);
    },
  };
}

/** Writes what a socket receives to a stream. Returns a function that ends the stream. */
function receive(host: ProviderHost, providerCallId: ProviderCallId, socket: Socket): () => void {
  const stream = host.openStream({ ...FORMAT, providerCallId, parties: Object.values(PARTIES) });
  const nextFrames = new Map<Party, number>();
  // @if bot
  // The voice of the bot arrives faster than it is spoken: it is written when it is heard.
  const voice = createPacedWriter({
    clock: host.clock,
    format: FORMAT,
    write: (audio) => stream.write('ASSISTANT', audio),
  });
  // @end

  function reportLoss(party: Party, frame: number): void {
    const lost = frame - (nextFrames.get(party) ?? frame);
    if (lost > 0 && lost <= MAX_LOST_FRAMES) stream.gap(party, lost * FRAME_MS, lost);
    nextFrames.set(party, frame + 1);
  }

  socket.onMessage((text) => {
    const message = objectOf(typeof text === 'string' ? parseJson(text) : undefined);
    const party = getOwn(PARTIES, textOf(message['by']));
    // @if bot
    if (party === 'ASSISTANT' && message['interrupted'] === true) voice.clear();
    // @end
    const audio = Buffer.from(textOf(message['audio']) ?? '', 'base64');
    if (party === undefined || audio.length === 0) return;
    const frame = numberOf(message['frame']);
    if (frame !== undefined) reportLoss(party, frame);
    const hasDemand = host.hasDemand('audio', providerCallId) || host.hasDemand('levels', providerCallId);
    if (!hasDemand) {
      stream.skip(audio.length);
      return;
    }
    // @if bot
    if (party === 'ASSISTANT') {
      voice.add(audio);
      return;
    }
    // @end
    stream.write(party, audio);
  });

  return () => {
    // @if bot
    voice.stop();
    // @end
    stream.end('the socket closed');
  };
}
