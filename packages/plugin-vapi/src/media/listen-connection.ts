/** One connection to a call's listen socket. It never sends, so the parties of the call cannot notice it. */
import type { ProviderCallId, ProviderHost, Secret, Socket } from '@sidetone/core';
import { statusOf } from '../calls/call-events.ts';
import { decodeText } from '../wire.ts';
import { dialCall } from './dial.ts';
import type { ListenAudio, ListenStream } from './listen-audio.ts';
import { formatHint } from './listen-format.ts';

/** Largest message that is accepted, bytes: 20 ms of audio are 1,280. */
const MAX_MESSAGE_BYTES = 256 * 1024;

interface ListenConnectionDeps {
  readonly host: Pick<ProviderHost, 'dial' | 'clock' | 'log'>;
  readonly providerCallId: ProviderCallId;
  readonly publicKey: Secret | undefined;
  readonly audio: ListenAudio;
  /** Called when the socket says that the call has ended, which has to be checked. */
  readonly onCallEnded: () => void;
}

/**
 * Connects, and receives audio until the socket closes or `signal` aborts. Resolves with how long the connection was open, ms;
 * undefined if it could not be opened. Never rejects.
 */
export async function receiveListenAudio(
  deps: ListenConnectionDeps,
  url: URL,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { host, providerCallId, publicKey } = deps;
  const socket = await dialCall(host, {
    providerCallId,
    url,
    credential: publicKey,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    signal,
    failure: 'listen connection failed',
  });
  if (!socket) return undefined;
  if (signal.aborted) {
    socket.close(1000);
    return 0;
  }
  const openedAt = host.clock.elapsed();
  await untilClosed(deps, socket, signal);
  return host.clock.elapsed() - openedAt;
}

function untilClosed(deps: ListenConnectionDeps, socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stream = deps.audio.open();
    const finish = (reason: string): void => {
      signal.removeEventListener('abort', abort);
      stream.end(reason);
      resolve();
    };
    const abort = (): void => {
      socket.close(1000);
      finish(String(signal.reason));
    };
    signal.addEventListener('abort', abort);
    socket.onClose((code) => finish(`the listen socket closed with ${code}`));
    socket.onMessage((message) => {
      if (signal.aborted) return;
      if (typeof message === 'string') handleText(message, stream, deps.onCallEnded);
      else stream.write(message);
    });
  });
}

/** Only the audio format and the end of the call are read: transcripts and speech also arrive by webhook, and would be duplicates. */
function handleText(text: string, stream: ListenStream, onCallEnded: () => void): void {
  const hint = formatHint(text);
  if (hint) stream.setFormat(hint);
  const message = decodeText(text);
  if (message?.type === 'status-update' && statusOf(message.status) === 'ENDED') onCallEnded();
}
