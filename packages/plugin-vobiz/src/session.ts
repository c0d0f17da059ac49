/** The one-way stream sockets of an instance, by call. */
import type { ProviderCallId, ProviderEvent, ProviderHost, Socket } from '@sidetone/core';
import { callNotice } from './calls/notices.ts';
import type { VobizOptions } from './config.ts';
import { closable, createSocketLimit } from './stream/socket-limit.ts';
import type { ByteOrders } from './stream/byte-orders.ts';
import type { SplitTracks } from './stream/split-tracks.ts';
import { createStreamSession, type StreamSession } from './stream/stream-session.ts';
import { translateDtmf, translateStart } from './translate.ts';
import { formatOf, type MediaFormat, type Track } from './wire.ts';

interface SessionsDeps {
  readonly host: ProviderHost;
  readonly options: Pick<VobizOptions, 'contentType'>;
  readonly byteOrders: ByteOrders;
  readonly splitTracks: SplitTracks;
  readonly emit: (events: readonly ProviderEvent[]) => void;
  /** Called when a socket of a call was opened. */
  readonly onOpen: (callId: ProviderCallId) => void;
  /** Called when a socket of a call was closed. `track` is that of one of two streams. */
  readonly onClose: (callId: ProviderCallId, track: Track | undefined) => void;
}

interface Sessions {
  /** Reads a socket of a call, with one track or both, until it closes. */
  open(callId: ProviderCallId, socket: Socket, track?: Track): void;
  /** Returns whether a call has an open socket. */
  has(callId: ProviderCallId): boolean;
  /** Ends the sockets of a call, when Vobiz closes them or after a time. */
  end(callId: ProviderCallId, reason: string): void;
  /** Closes all sockets. */
  stop(reason: string): void;
}

interface OpenSocket {
  readonly callId: ProviderCallId;
  session?: StreamSession;
}

/** Creates an empty set of sessions. The caller must stop it. */
export function createSessions({
  host,
  options,
  byteOrders,
  splitTracks,
  emit,
  onOpen,
  onClose,
}: SessionsDeps): Sessions {
  const sockets = new Set<OpenSocket>();
  const limit = createSocketLimit(host.log);
  const socketsOf = (callId: ProviderCallId): readonly OpenSocket[] =>
    [...sockets].filter((socket) => socket.callId === callId);

  return {
    open(callId, socket, track) {
      const entry: OpenSocket = { callId };
      const open = socketsOf(callId).flatMap(({ session }) => session ?? []);
      if (!limit.admit(callId, socket, open.map(closable))) return;
      sockets.add(entry);
      onOpen(callId);
      entry.session = createStreamSession(socket, {
        host,
        providerCallId: callId,
        byteOrders,
        splitTracks,
        track,
        fallbackFormat: formatOf(options.contentType) as MediaFormat,
        onStart: (message) => emit(translateStart(callId, message, host.clock.now())),
        onNoMedia: () => emit([callNotice(callId, host.clock.now(), 'VOBIZ_STREAM_WITHOUT_MEDIA')]),
        onDtmf: (message) => emit(translateDtmf(callId, message, host.clock.now())),
        onClose: () => {
          sockets.delete(entry);
          onClose(callId, track);
        },
      });
    },
    has: (callId) => socketsOf(callId).length > 0,
    end(callId, reason) {
      for (const { session } of socketsOf(callId)) session?.callEnded(reason);
    },
    stop(reason) {
      for (const { session } of sockets) session?.stop(reason);
    },
  };
}
