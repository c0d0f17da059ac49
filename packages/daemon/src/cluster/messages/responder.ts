/** Handles the requests of other nodes, in the order of each sender, and replies. */
import { FaultError, isFault, messageOf, type Clock, type Logger } from '@sidetone/core';
import type { Wire, WireMessage } from '../connection/ports.ts';
import type { NodeAddress, Subjects } from '../subjects.ts';
import { decodeRequest, encode, type RequestEnvelope } from './envelope.ts';
import type { Handlers, Kinds, RequestContext, TraceContext } from './kinds.ts';
import { PeerDelays } from './peer-delays.ts';
import { toWire } from './remote-fault.ts';

/** Most requests that are being handled. */
export const MAX_HANDLED_REQUESTS = 5000;

export interface ResponderDeps<Table extends Kinds> {
  readonly wire: Wire;
  readonly subjects: Pick<Subjects, 'requests'>;
  /** Of this node. */
  readonly address: NodeAddress;
  readonly handlers: Handlers<Table>;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly log: Pick<Logger, 'error'>;
  readonly trace?: Pick<TraceContext, 'run'> | undefined;
}

type Handler = (request: unknown, context: RequestContext) => unknown;

export class Responder<Table extends Kinds> {
  readonly #deps: ResponderDeps<Table>;
  readonly #delays = new PeerDelays();
  readonly #counts = { handled: 0, expired: 0, busy: 0, unknown: 0, failed: 0 };
  #handling = 0;
  readonly #unsubscribe: () => void;

  constructor(deps: ResponderDeps<Table>) {
    this.#deps = deps;
    this.#unsubscribe = deps.wire.subscribe(deps.subjects.requests(deps.address), (message) =>
      this.#receive(message),
    );
  }

  /** Since the start: requests that were handled, and those that were rejected, by the reason. */
  get counts(): Readonly<{
    handled: number;
    expired: number;
    busy: number;
    unknown: number;
    failed: number;
  }> {
    return this.#counts;
  }

  /** Requests are rejected from now on, because the node is not there. Those that are being handled are answered. */
  close(): void {
    this.#unsubscribe();
  }

  #receive(message: WireMessage): void {
    const { reply } = message;
    if (reply === undefined) return;
    const request = decodeRequest(message.text());
    const handler = request && this.#handlerOf(request.kind);
    if (!handler) {
      this.#counts.unknown += 1;
      return this.#reject(reply, 'CLUSTER_MESSAGE_UNKNOWN', 'the other node does not know this request');
    }
    const now = this.#deps.clock.elapsed();
    const remainingMs = request.waitMs - this.#delays.delayOf(request.sender, request.sentAt, now);
    if (remainingMs <= 0) {
      this.#counts.expired += 1;
      return this.#reject(reply, 'CLUSTER_REQUEST_EXPIRED', 'the request arrived after its deadline');
    }
    if (this.#handling >= MAX_HANDLED_REQUESTS) {
      this.#counts.busy += 1;
      return this.#reject(reply, 'CLUSTER_NODE_BUSY', `the node handles ${this.#handling} requests`);
    }
    void this.#handle(request, reply, handler, { deadlineAt: now + remainingMs });
  }

  #handlerOf(kind: string): Handler | undefined {
    const { handlers } = this.#deps;
    return Object.hasOwn(handlers, kind) ? (handlers[kind] as Handler) : undefined;
  }

  async #handle(
    { kind, body, traceparent }: RequestEnvelope,
    reply: string,
    handler: Handler,
    context: RequestContext,
  ): Promise<void> {
    const { trace, log } = this.#deps;
    this.#handling += 1;
    this.#counts.handled += 1;
    try {
      const run = (): unknown => handler(body, context);
      this.#reply(reply, encode({ body: await (trace ? trace.run(traceparent, run) : run()) }));
    } catch (error) {
      this.#counts.failed += 1;
      if (!isFault(error))
        log.error('handling a request of another node failed', { kind, reason: messageOf(error), error });
      this.#reply(reply, encode({ fault: toWire(error) }));
    } finally {
      this.#handling -= 1;
    }
  }

  #reject(
    reply: string,
    code: 'CLUSTER_MESSAGE_UNKNOWN' | 'CLUSTER_REQUEST_EXPIRED' | 'CLUSTER_NODE_BUSY',
    reason: string,
  ): void {
    this.#reply(reply, encode({ fault: toWire(new FaultError(code, reason)) }));
  }

  /** A reply that cannot be sent is lost: the sender learns that the outcome is unknown. */
  #reply(subject: string, text: string): void {
    const { wire } = this.#deps;
    const isTooLarge = Buffer.byteLength(text) > wire.maxPayloadBytes;
    const fault = new FaultError(
      'CLUSTER_OUTCOME_UNKNOWN',
      'executed, but the reply exceeds the limit of NATS',
    );
    wire.offer(subject, isTooLarge ? encode({ fault: toWire(fault) }) : text);
  }
}
