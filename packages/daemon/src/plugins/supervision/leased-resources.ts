/** The clock, sockets and media streams that a plugin instance uses: they end with its lease, and its callbacks may throw. */
import type { Clock, MediaStream, Socket } from '@sidetone/core';
import { beginWork, endWork } from '../../loop/current-work.ts';
import type { Lease } from './lease.ts';

/** @param owner the plugin, for the label of its work. */
export function leaseClock(clock: Clock, lease: Lease, owner = 'a plugin'): Clock {
  const label = `timer of ${owner}`;
  function schedule(delayMs: number, task: () => void): () => void {
    const cancel = clock.schedule(delayMs, () => {
      forget();
      beginWork(label, owner);
      lease.run('timer', task);
      endWork();
    });
    const forget = lease.hold(cancel);
    return () => {
      forget();
      cancel();
    };
  }

  return {
    now: () => clock.now(),
    elapsed: () => clock.elapsed(),
    schedule,
    // Never settles after the end of the lease, so that a polling loop does not continue.
    delay: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const done = (): void => {
          cancel();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const cancel = schedule(delayMs, done);
        signal?.addEventListener('abort', done, { once: true });
      }),
  };
}

/** WebSocket close code of an endpoint that shuts down. */
const GOING_AWAY = 1001;

/**
 * After the end of the lease, messages are ignored; the close is still reported.
 * @param run runs the listeners; by default their exceptions are exceptions of the plugin.
 */
export function leaseSocket(
  socket: PausableSocket,
  lease: Lease,
  run: (where: string, task: () => unknown) => void = (where, task) => lease.run(where, task),
): PausableSocket {
  let onClose: Parameters<Socket['onClose']>[0] = () => undefined;
  const forget = lease.hold(() => socket.close(GOING_AWAY, 'the provider stopped'));
  socket.onClose((code, reason) => {
    forget();
    run('socket listener', () => onClose(code, reason));
  });
  return {
    ...pausing(socket),
    send: (message) => socket.send(message),
    close: (code, reason) => socket.close(code, reason),
    onMessage: (listener) =>
      socket.onMessage((message) => {
        if (lease.isEnded) return;
        lease.begin('socket message');
        run('socket listener', () => listener(message));
        endWork();
      }),
    onClose: (listener) => void (onClose = listener),
  };
}

/** A socket that can stop reading: not part of the contract, but known to the daemon. */
export interface PausableSocket extends Socket {
  pause?(): void;
  resume?(): void;
}

function pausing(socket: PausableSocket): Pick<PausableSocket, 'pause' | 'resume'> {
  return {
    ...(socket.pause && { pause: () => socket.pause!() }),
    ...(socket.resume && { resume: () => socket.resume!() }),
  };
}

export function leaseStream(stream: MediaStream, lease: Lease): MediaStream {
  const forget = lease.hold(() => stream.end('the provider stopped'));
  return {
    write: (party, bytes, positionMs) =>
      lease.run('media stream', () => stream.write(party, bytes, positionMs)),
    skip: (bytes) => lease.run('media stream', () => stream.skip(bytes)),
    gap: (party, durationMs, frames) =>
      lease.run('media stream', () => stream.gap(party, durationMs, frames)),
    end(reason) {
      forget();
      stream.end(reason);
    },
  };
}
