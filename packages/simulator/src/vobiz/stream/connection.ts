// One connection of a stream: its socket, its counters and its playback queue.

import type { WebSocket } from 'ws';
import type { StreamState } from '../../call/call-state.ts';
import { createAudioDecoder } from './app-messages.ts';
import type { IgnoredReason } from './app-messages.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import { createFaults } from './fault-injection.ts';
import { createDelivery } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import type { Faults, Wire } from './fault-injection.ts';
import { createPlayback } from './playback.ts';
import type { Playback } from './playback.ts';
import { createEncoder } from './stream-format.ts';
import type { StreamSpec, Track } from './stream-format.ts';
import type { MediaMessage } from './stream-messages.ts';

/** One connection of a stream. */
export interface StreamConnection {
  readonly id: string;
  readonly socket: WebSocket | undefined;
  readonly encoders: Readonly<Record<Track, ReturnType<typeof createEncoder>>>;
  readonly pending: Record<Track, Buffer[]>;
  readonly playback: Playback;
  readonly decode: ReturnType<typeof createAudioDecoder>;
  readonly faults: Faults;
  /** Delivers messages to the socket. */
  readonly delivery: Delivery<Wire>;
  readonly ignored: Partial<Record<IgnoredReason, number>>;
  status: StreamState['status'];
  closeCode: number | null;
  closeReason: string;
  sequenceNumber: number;
  chunk: number;
  messagesSent: number;
  framesSent: number;
  hasStarted: boolean;
  isBreaking: boolean;
  isDegraded: boolean;
  lostPlayed: number;
  heldPlayed: string | undefined;
  lastMedia: MediaMessage | undefined;
}

/** Creates a connection; without a socket if the URL is invalid. */
export function createConnection(
  id: string,
  socket: WebSocket | undefined,
  { contentType }: StreamSpec,
  behaviour: () => VobizBehaviour,
  deliver: (wire: Wire) => void,
): StreamConnection {
  return {
    id,
    socket,
    encoders: { inbound: createEncoder(contentType), outbound: createEncoder(contentType) },
    pending: { inbound: [], outbound: [] },
    playback: createPlayback(),
    decode: createAudioDecoder(),
    faults: createFaults(behaviour),
    delivery: createDelivery(behaviour, deliver),
    ignored: {},
    status: 'connecting',
    closeCode: null,
    closeReason: '',
    sequenceNumber: 0,
    chunk: 0,
    messagesSent: 0,
    framesSent: 0,
    hasStarted: false,
    isBreaking: false,
    isDegraded: false,
    lostPlayed: 0,
    heldPlayed: undefined,
    lastMedia: undefined,
  };
}

/** Counts a message without effect. */
export function countIgnored({ ignored }: StreamConnection, reason: IgnoredReason): void {
  ignored[reason] = (ignored[reason] ?? 0) + 1;
}

/** Returns a copy of the state that tests can read. */
export function connectionState(
  connection: StreamConnection,
  { url, bidirectional }: StreamSpec,
): StreamState {
  const { id, status, framesSent, messagesSent, playback, closeCode, closeReason, ignored } = connection;
  return {
    id,
    url,
    status,
    framesSent,
    messagesSent,
    bidirectional,
    closeCode,
    closeReason,
    ignored: { ...ignored },
    ...playback.state(),
  };
}
