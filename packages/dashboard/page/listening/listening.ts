/**
 * Listening to one call while the user moves between pages, as a store outside React. A connection that is lost is opened
 * again; listening ends with the call, with another call, or when the user signs out.
 */
import type { Listener } from '../listen/listener.ts';

/** The call that is listened to. */
export interface ListeningCall {
  readonly callId: string;
  /** The name of the call: its customer. */
  readonly name: string;
}

export interface ListeningSession extends ListeningCall {
  readonly listener: Listener;
  /** Whether the connection was lost and is being opened again. */
  readonly isReconnecting: boolean;
}

export interface Listening {
  readonly state: () => ListeningSession | undefined;
  readonly subscribe: (listener: () => void) => () => void;
  /** Listens to a call, and no longer to another one. */
  start(call: ListeningCall): Promise<void>;
  stop(): void;
}

interface ListeningDeps {
  /** Creates the listener of a call. */
  readonly createListener: (callId: string) => Promise<Listener>;
  /** Calls a function after a delay. Returns a function that cancels it. */
  readonly schedule: (delayMs: number, run: () => void) => () => void;
}

const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 8000;
/** After so many failed attempts in a row, the user has to decide. */
export const MAX_RETRIES = 20;
/** The error of a call that has ended, or has lost its audio for a moment, and the number of attempts after it. */
export const CALL_OVER = 'The call has ended, or has no audio.';
const MAX_RETRIES_OVER = 4;
/** How long the session of an ended call is still shown. */
export const ENDED_VISIBLE_MS = 8000;

const nothing = (): void => undefined;

export function createListening({ createListener, schedule }: ListeningDeps): Listening {
  const listeners = new Set<() => void>();
  let session: ListeningSession | undefined;
  let unfollow = nothing;
  let cancelTimer = nothing;
  /** Increased by each start and stop: a listener that was created too late is not used. */
  let generation = 0;

  function setSession(next: ListeningSession | undefined): void {
    session = next;
    for (const listener of listeners) listener();
  }

  function stop(): void {
    generation++;
    cancelTimer();
    unfollow();
    unfollow = nothing;
    session?.listener.stop();
    setSession(undefined);
  }

  /** Opens the connection again when it is lost, and closes the session after the end of the call. */
  function follow(listener: Listener): () => void {
    let wasPlaying = false;
    let retries = 0;
    return listener.subscribe(() => {
      const { status, error } = listener.state();
      if (status === 'playing') {
        wasPlaying = true;
        retries = 0;
        if (session?.isReconnecting) setSession({ ...session, isReconnecting: false });
      } else if (status === 'ended') {
        if (session?.isReconnecting) setSession({ ...session, isReconnecting: false });
        cancelTimer = schedule(ENDED_VISIBLE_MS, stop);
      } else if (status === 'failed' && wasPlaying && session) {
        const isReconnecting = retries < (error === CALL_OVER ? MAX_RETRIES_OVER : MAX_RETRIES);
        setSession({ ...session, isReconnecting });
        cancelTimer();
        if (isReconnecting) {
          const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** retries++);
          cancelTimer = schedule(delayMs, () => void listener.start());
        }
      }
    });
  }

  return {
    state: () => session,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start({ callId, name }) {
      // The same call again: another attempt, with the same volumes.
      if (session?.callId === callId) {
        cancelTimer();
        return session.listener.start();
      }
      stop();
      const current = generation;
      const listener = await createListener(callId);
      if (current !== generation) return;
      setSession({ callId, name, listener, isReconnecting: false });
      unfollow = follow(listener);
      await listener.start();
    },
    stop,
  };
}
