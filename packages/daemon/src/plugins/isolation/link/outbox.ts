/** The messages that wait to be sent to the other end of a link, and how many are on their way. */
import type { BytesOf, Message, Parcel } from './parcel.ts';

/** Most messages, and bytes of them, that are on their way. */
export const MAX_IN_FLIGHT = 1024;
export const MAX_IN_FLIGHT_BYTES = 4 * 1024 * 1024;
/** Most messages, and bytes of them, that wait. Twice as many if they cannot be dropped. */
export const MAX_WAITING = 10_000;
export const MAX_WAITING_BYTES = 32 * 1024 * 1024;
/** Most messages of a parcel: a longer one would occupy the event loop of its receiver. */
export const MAX_PARCEL = 256;
/** How many messages, and bytes of them, wait when sockets are no longer read, and when they are read again. */
export const CONGESTED = { messages: 1024, bytes: 1024 * 1024 } as const;
export const DRAINED = { messages: 256, bytes: 256 * 1024 } as const;

export interface Queued {
  readonly message: Message;
  /** Whether it is dropped if too many wait. */
  readonly canDrop: boolean;
}

interface OutboxDeps {
  readonly post: (parcel: Parcel, transfer: readonly ArrayBuffer[]) => void;
  readonly onUnsendable: (message: Message, error: unknown) => void;
  readonly onOverrun: () => void;
}

interface Load {
  readonly messages: number;
  readonly bytes: number;
}

const NOTHING: Load = { messages: 0, bytes: 0 };

export class Outbox {
  readonly #deps: OutboxDeps;
  #queue: Message[] = [];
  #queuedBytes = 0;
  /** The parcels that the other end has not handled yet. */
  readonly #sent: Load[] = [];
  #inFlight = NOTHING;
  #drained: (() => void)[] = [];
  #dropped = 0;
  #isClosed = false;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  /** Number of messages that wait. */
  get size(): number {
    return this.#queue.length;
  }

  /** Number of messages that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether so much waits that nothing should be added that can wait elsewhere. */
  get isCongested(): boolean {
    return this.#queue.length > CONGESTED.messages || this.#queuedBytes > CONGESTED.bytes;
  }

  /** Calls the listener once when little waits. */
  onDrained(listener: () => void): void {
    this.#drained.push(listener);
  }

  /** Returns whether the message is accepted. */
  add({ message, canDrop }: Queued): boolean {
    const factor = canDrop ? 1 : 2;
    if (this.#queue.length >= MAX_WAITING * factor || this.#queuedBytes >= MAX_WAITING_BYTES * factor) {
      this.#dropped++;
      if (!canDrop) this.#deps.onOverrun();
      return false;
    }
    this.#queue.push(message);
    this.#queuedBytes += sizeOf(message);
    return true;
  }

  /** Sends what the other end may receive now. `handled` is how many of its parcels were handled. */
  flush(handled: number): void {
    let unreported = handled;
    while (this.#queue.length > 0 && !this.#isFull()) {
      const messages = this.#queue.splice(0, MAX_PARCEL);
      const bytes = messages.reduce((sum, message) => sum + sizeOf(message), 0);
      this.#queuedBytes -= bytes;
      this.#postParcel(messages, unreported);
      unreported = 0;
      this.#sent.push({ messages: messages.length, bytes });
      this.#count({ messages: messages.length, bytes }, 1);
    }
    if (unreported > 0) this.#deps.post({ messages: [], handled: unreported }, []);
    this.#noteDrained();
  }

  /** The other end has handled parcels. */
  arrived(parcels: number): void {
    for (const load of this.#sent.splice(0, parcels)) this.#count(load, -1);
  }

  close(): void {
    this.#isClosed = true;
    this.#queue = [];
    this.#drained = [];
  }

  #isFull(): boolean {
    return this.#inFlight.messages >= MAX_IN_FLIGHT || this.#inFlight.bytes >= MAX_IN_FLIGHT_BYTES;
  }

  #count({ messages, bytes }: Load, sign: 1 | -1): void {
    this.#inFlight = {
      messages: this.#inFlight.messages + sign * messages,
      bytes: this.#inFlight.bytes + sign * bytes,
    };
  }

  #noteDrained(): void {
    if (this.#drained.length === 0 || this.#isClosed) return;
    if (this.#queue.length > DRAINED.messages || this.#queuedBytes > DRAINED.bytes) return;
    for (const listener of this.#drained.splice(0)) listener();
  }

  /** The messages of a parcel that cannot be sent are sent one by one, without those that are the reason. */
  #postParcel(messages: readonly Message[], handled: number): void {
    try {
      return this.#post(messages, handled);
    } catch {
      // At least one value cannot be cloned.
    }
    const sendable = messages.filter((message) => this.#isSendable(message));
    this.#post(sendable.length > 0 ? sendable : [NOOP], handled);
  }

  #isSendable(message: Message): boolean {
    try {
      structuredClone(message);
      return true;
    } catch (error) {
      this.#deps.onUnsendable(message, error);
      return false;
    }
  }

  #post(messages: readonly Message[], handled: number): void {
    const { packed, buffer } = pack(messages);
    this.#deps.post({ messages: packed, handled, ...(buffer && { buffer }) }, buffer ? [buffer] : []);
  }
}

/** Takes the place of messages that cannot be sent, so that their parcel is counted. It aborts a call that does not exist. */
const NOOP: Message = [4, 0, '', [{ name: 'Error', message: '' }]];

/** Moves the bytes of all messages into one buffer, which changes its owner instead of being copied. */
function pack(messages: readonly Message[]): {
  readonly packed: readonly Message[];
  readonly buffer: ArrayBuffer | undefined;
} {
  const total = messages.reduce((sum, message) => sum + bytesOf(message), 0);
  if (total === 0) return { packed: messages, buffer: undefined };
  const buffer = new Uint8Array(total);
  let offset = 0;
  const packed = messages.map((message): Message => {
    if (bytesOf(message) === 0) return message;
    const [kind, id, name, args] = message;
    const places: BytesOf[] = [];
    const rest = args.map((value, argument) => {
      if (!(value instanceof Uint8Array)) return value;
      buffer.set(value, offset);
      places.push([argument, offset, value.length]);
      offset += value.length;
      return undefined;
    });
    return [kind, id, name, rest, places];
  });
  return { packed, buffer: buffer.buffer };
}

function bytesOf([, , , args]: Message): number {
  let bytes = 0;
  for (const value of args) if (value instanceof Uint8Array) bytes += value.length;
  return bytes;
}

/** The bytes and the text of a message itself; values in objects count as nothing. */
function sizeOf([, , , args]: Message): number {
  let bytes = 0;
  for (const value of args)
    if (value instanceof Uint8Array || typeof value === 'string') bytes += value.length;
  return bytes;
}
