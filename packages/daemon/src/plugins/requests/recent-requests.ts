/**
 * The last requests and sockets between a provider and the daemon, in memory only, so that the first call that fails explains
 * itself. Failed ones are kept apart, so that successful ones do not replace them.
 */
import { FAULTS, type Clock, type FaultCode } from '@sidetone/core';
import { SlidingCounter } from '../supervision/sliding-counter.ts';
import { shapeOf, type Shape } from './body-shape.ts';
import { safeReason } from './safe-text.ts';

/** RECEIVED from the provider, or SENT by the plugin. */
export const REQUEST_DIRECTIONS = ['RECEIVED', 'SENT'] as const;
export type RequestDirection = (typeof REQUEST_DIRECTIONS)[number];
export const REQUEST_KINDS = ['REQUEST', 'SOCKET'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** How many bodies are described in a second. Of the others, only the size is known: parsing them again costs time. */
export const MAX_BODIES_PER_SECOND = 5;
const SECOND_MS = 1000;

export interface RequestStart {
  readonly direction: RequestDirection;
  readonly kind: RequestKind;
  readonly method: string;
  /** Without query, ids and secrets; of sent ones, with the host. */
  readonly path: string;
}

export interface RequestResult {
  readonly status?: number;
  readonly closeCode?: number;
  readonly code?: FaultCode;
  readonly reason?: string;
  /** Bytes that were received on a socket. */
  readonly bytes?: number;
}

export interface RecentRequest extends RequestStart {
  /** Epoch ms. */
  readonly at: number;
  readonly contentType?: string;
  /** The size of the body, or what a socket has received. */
  readonly bytes?: number;
  readonly body?: Shape;
  /** Until the response, or until the socket was closed, ms. Missing while it is in progress. */
  readonly durationMs?: number;
  readonly status?: number;
  readonly closeCode?: number;
  readonly code?: FaultCode;
  readonly reason?: string;
}

export interface OpenRequest {
  /** Adds the size of the body and, if there is time for it, its shape. */
  body(body: Uint8Array, contentType: string | undefined): void;
  /** Adds the result. Of a socket, the first result is the status of its handshake. */
  end(result: RequestResult): void;
}

type Entry = { -readonly [Field in keyof RecentRequest]: RecentRequest[Field] };

export class RecentRequests {
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly #maximum: number;
  readonly #bodies: SlidingCounter;
  /** Those in progress. Sockets can be open for as long as calls. */
  readonly #open = new Set<Entry>();
  readonly #succeeded: Entry[] = [];
  readonly #failed: Entry[] = [];

  /** Keeps `maximum` failed requests, as many others, and as many in progress. */
  constructor(clock: Pick<Clock, 'now' | 'elapsed'>, maximum: number) {
    this.#clock = clock;
    this.#maximum = maximum;
    this.#bodies = new SlidingCounter(clock, SECOND_MS, MAX_BODIES_PER_SECOND + 1);
  }

  /** Returns the requests, newest first. */
  list(): readonly RecentRequest[] {
    const all = [...this.#open, ...this.#succeeded, ...this.#failed];
    return all.toSorted((one, other) => other.at - one.at);
  }

  begin(start: RequestStart): OpenRequest {
    if (this.#maximum === 0) return IGNORED;
    const startedAt = this.#clock.elapsed();
    const entry: Entry = { ...start, at: this.#clock.now() };
    this.#open.add(entry);
    const [oldest] = this.#open;
    if (oldest && this.#open.size > this.#maximum) this.#open.delete(oldest);
    return {
      body: (body, contentType) => this.#describe(entry, body, contentType),
      end: (result) => {
        Object.assign(entry, result, result.reason !== undefined && { reason: safeReason(result.reason) });
        if (entry.kind === 'SOCKET' && result.status === SWITCHING_PROTOCOLS) return;
        entry.durationMs = Math.round(this.#clock.elapsed() - startedAt);
        this.#open.delete(entry);
        const ended = isFailed(entry) ? this.#failed : this.#succeeded;
        ended.push(entry);
        if (ended.length > this.#maximum) ended.shift();
      },
    };
  }

  #describe(entry: Entry, body: Uint8Array, contentType: string | undefined): void {
    entry.bytes = body.length;
    if (contentType !== undefined) entry.contentType = mediaTypeOf(contentType);
    const shape = this.#bodies.add() > MAX_BODIES_PER_SECOND ? undefined : shapeOf(body, contentType);
    if (shape !== undefined) entry.body = shape;
  }
}

const IGNORED: OpenRequest = { body: () => undefined, end: () => undefined };
export const SWITCHING_PROTOCOLS = 101;
/** Close codes of a normal end: done, going away, none, and without a closing handshake. */
const NORMAL_CLOSE: ReadonlySet<number> = new Set([1000, 1001, 1005, 1006]);
const NOT_IMPLEMENTED = 501;

export const isFailed = ({ status = 0, closeCode = 1000, code }: RecentRequest): boolean =>
  code !== undefined || (status >= 400 && status !== NOT_IMPLEMENTED) || !NORMAL_CLOSE.has(closeCode);

/** What to do about a failed request. */
export const remedyOf = ({ code }: RecentRequest): string | undefined => code && FAULTS[code].remedy;

/** Returns a media type without parameters; nothing else that a sender chose. */
const mediaTypeOf = (contentType: string): string =>
  /^[\w.+-]{1,40}\/[\w.+-]{1,60}(?=\s*(?:;|$))/.exec(contentType.trim())?.[0] ?? 'invalid';
