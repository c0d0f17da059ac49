/** Scripted WebSocket handshakes, and the sockets that they opened. */
import { FaultError, type ProviderHost } from '@sidetone/core';
import { recordOf } from '../checks/collections.ts';
import { createFakeSocket, type FakeSocket } from './fake-socket.ts';
import type { UsageErrorLog } from './usage-errors.ts';

/** A WebSocket that the plugin has opened. */
export interface FakeDial {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxMessageBytes?: number;
  /** The provider's end, after the handshake was accepted. */
  readonly peer: FakeSocket | undefined;
}

/** Receives the provider's end of a socket before the plugin receives its own end. */
export type FakeService = (peer: FakeSocket) => void;

/**
 * Accepts a handshake by returning, rejects it by throwing, and leaves it pending with a promise that never settles. The
 * returned function receives the provider's end of the socket.
 */
export type FakeDialAnswer = (dial: FakeDial) => void | FakeService | Promise<void | FakeService>;

/** A scripted `dial` and its handshakes. */
export interface FakeDialler {
  readonly dial: ProviderHost['dial'];
  /** All handshakes in order, including those that failed. */
  readonly dials: readonly FakeDial[];
  /** Forgets the handshakes so far. */
  readonly forget: () => void;
  /** Number of handshakes that have neither been answered nor aborted. */
  readonly openDials: number;
  /** Those handshakes. */
  readonly unanswered: ReadonlySet<object>;
  /** Sets the function that answers handshakes. */
  readonly answerDials: (answer: FakeDialAnswer) => void;
}

/** Creates a `dial` without a script. */
export function createFakeDialler(usageErrors: UsageErrorLog): FakeDialler {
  const dials = recordOf<FakeDial>();
  let answerDial: FakeDialAnswer | undefined;
  const unanswered = new Set<object>();
  return {
    dials,
    forget: () => void (dials.length = 0),
    get openDials() {
      return unanswered.size;
    },
    unanswered,
    answerDials(answer) {
      answerDial = answer;
    },
    async dial(url, { headers = {}, signal, maxMessageBytes }) {
      const { socket, peer } = createFakeSocket();
      const dial = {
        url,
        headers,
        peer: undefined,
        ...(maxMessageBytes !== undefined && { maxMessageBytes }),
      };
      const index = dials.push(dial) - 1;
      if (!answerDial) throw usageErrors.report(`dial: no answer is scripted for ${url.host}`);
      unanswered.add(dial);
      try {
        const serve = await Promise.race([answerDial(dial), aborted(signal, url.host)]);
        dials[index] = { ...dial, peer };
        serve?.(peer);
      } finally {
        unanswered.delete(dial);
      }
      return socket;
    },
  };
}

function aborted(signal: AbortSignal, hostName: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void =>
      reject(new FaultError('PROVIDER_TIMEOUT', `handshake with ${hostName} timed out`));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
