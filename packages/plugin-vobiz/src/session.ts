/** The sockets of streams that are only listened to, by call. */
import type { ProviderCallId, ProviderEvent, ProviderHost, Socket } from '@sidetone/core';
import type { VobizOptions } from './config.ts';
import { createStreamSession, type StreamSession } from './stream/stream-session.ts';
import { translateDtmf, translateStart } from './translate.ts';
import { formatOf, type MediaFormat } from './wire.ts';

export interface StreamsDeps {
  readonly host: ProviderHost;
  readonly options: Pick<VobizOptions, 'l16ByteOrder' | 'contentType'>;
  /** Tells what a stream means for its call. */
  readonly tell: (events: readonly ProviderEvent[]) => void;
  /** A socket of a call was closed. */
  readonly onClose: (callId: ProviderCallId) => void;
}

export interface Streams {
  open(callId: ProviderCallId, socket: Socket): void;
  /** Whether a call has an open socket. */
  has(callId: ProviderCallId): boolean;
  /** Closes the sockets of a call. */
  end(callId: ProviderCallId, reason: string): void;
  /** Closes all of them. */
  stop(reason: string): void;
}

interface OpenSocket {
  readonly callId: ProviderCallId;
  session?: StreamSession;
}

/** No sockets yet. */
export function createStreams({ host, options, tell, onClose }: StreamsDeps): Streams {
  const sockets = new Set<OpenSocket>();
  const of = (callId: ProviderCallId): readonly OpenSocket[] =>
    [...sockets].filter((socket) => socket.callId === callId);

  return {
    open(callId, socket) {
      const entry: OpenSocket = { callId };
      sockets.add(entry);
      entry.session = createStreamSession(socket, {
        host,
        providerCallId: callId,
        byteOrder: options.l16ByteOrder,
        fallbackFormat: formatOf(options.contentType) as MediaFormat,
        onStart: (message) => tell(translateStart(callId, message, host.clock.now())),
        onDtmf: (message) => tell(translateDtmf(callId, message, host.clock.now())),
        onClose: () => {
          sockets.delete(entry);
          onClose(callId);
        },
      });
    },
    has: (callId) => of(callId).length > 0,
    end(callId, reason) {
      for (const { session } of of(callId)) session?.stop(reason);
    },
    stop(reason) {
      for (const { session } of sockets) session?.stop(reason);
    },
  };
}
