/**
 * Requests to other nodes. A request ends with the reply, with an error that says that nothing was executed, or with
 * CLUSTER_OUTCOME_UNKNOWN. None is sent twice: the caller knows whether that is safe.
 */
import { FaultError, type Clock } from '@sidetone/core';
import type { Wire, WireMessage } from '../connection/ports.ts';
import type { NodeAddress, Subjects } from '../subjects.ts';
import { decodeReply, encode } from './envelope.ts';
import type { Kinds, ReplyOf, RequestOf, TraceContext } from './kinds.ts';
import { fromWire } from './remote-fault.ts';

/** Most requests to a node that wait for a reply. */
export const MAX_REQUESTS_PER_NODE = 1000;

export interface RequestsDeps<Table extends Kinds> {
  readonly wire: Wire;
  readonly subjects: Pick<Subjects, 'requests' | 'replies'>;
  readonly kinds: Table;
  /** Of this process. */
  readonly instance: string;
  readonly clock: Pick<Clock, 'elapsed' | 'schedule'>;
  readonly trace?: Pick<TraceContext, 'current'> | undefined;
}

interface Pending {
  readonly subject: string;
  end(result: { readonly body: unknown } | { readonly error: FaultError }): void;
}

export class Requests<Table extends Kinds> {
  readonly #deps: RequestsDeps<Table>;
  readonly #pending = new Map<string, Pending>();
  /** Waiting requests of each node. */
  readonly #waiting = new Map<string, number>();
  readonly #unsubscribe: readonly (() => void)[];
  readonly #counts = { sent: 0, unavailable: 0, busy: 0, unknown: 0 };
  #lastId = 0;

  constructor(deps: RequestsDeps<Table>) {
    this.#deps = deps;
    const { wire, subjects, instance } = deps;
    this.#unsubscribe = [
      wire.subscribe(`${subjects.replies(instance)}.*`, (message) => this.#receive(message)),
      wire.onChange((isConnected) => {
        if (!isConnected) this.#endAll('the connection to NATS was lost before the reply');
      }),
    ];
  }

  /** Since the start: how many requests were sent, and how many ended without a reply, by the reason. */
  get counts(): Readonly<{ sent: number; unavailable: number; busy: number; unknown: number }> {
    return this.#counts;
  }

  /** Requests that wait for a reply. */
  get size(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request at once: requests to a node arrive in the order of these calls.
   * @throws {FaultError} CLUSTER_UNREACHABLE, CLUSTER_NODE_UNAVAILABLE, CLUSTER_NODE_BUSY, CLUSTER_REQUEST_EXPIRED,
   * CLUSTER_MESSAGE_TOO_LARGE, CLUSTER_MESSAGE_UNKNOWN, CLUSTER_OUTCOME_UNKNOWN, and those of the other node
   */
  send<Name extends keyof Table & string>(
    to: NodeAddress,
    name: Name,
    request: RequestOf<Table[Name]>,
    waitMs: number = this.#deps.kinds[name]!.deadlineMs,
  ): Promise<ReplyOf<Table[Name]>> {
    return new Promise((resolve, reject) => {
      const { wire, subjects, instance, clock, trace } = this.#deps;
      const subject = subjects.requests(to);
      const waiting = this.#waiting.get(subject) ?? 0;
      if (waiting >= MAX_REQUESTS_PER_NODE) {
        this.#counts.busy += 1;
        throw new FaultError('CLUSTER_NODE_BUSY', `${waiting} requests to node ${to.node} wait for a reply`);
      }
      const id = (++this.#lastId).toString(36);
      const text = encode({
        kind: name,
        waitMs,
        sender: instance,
        sentAt: clock.elapsed(),
        traceparent: trace?.current(),
        body: request,
      });
      wire.publish(subject, text, `${subjects.replies(instance)}.${id}`);
      this.#counts.sent += 1;
      this.#waiting.set(subject, waiting + 1);
      const cancel = clock.schedule(waitMs, () =>
        this.#endUnknown(id, `node ${to.node} did not reply within ${waitMs} ms`),
      );
      this.#pending.set(id, {
        subject,
        end: (result) => {
          cancel();
          if ('error' in result) reject(result.error);
          else resolve(result.body as ReplyOf<Table[Name]>);
        },
      });
    });
  }

  /** Ends the requests that wait. */
  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#endAll('the node stopped before the reply');
  }

  #receive(message: WireMessage): void {
    const id = message.subject.slice(message.subject.lastIndexOf('.') + 1);
    if (!this.#pending.has(id)) return;
    if (message.isNoResponders) {
      this.#counts.unavailable += 1;
      const error = new FaultError('CLUSTER_NODE_UNAVAILABLE', 'the other node is not there');
      return this.#end(id, { error });
    }
    const reply = decodeReply(message.text());
    if (!reply) return this.#endUnknown(id, 'the reply of the other node is not valid');
    this.#end(id, 'fault' in reply ? { error: fromWire(reply.fault) } : reply);
  }

  #endAll(reason: string): void {
    for (const id of this.#pending.keys()) this.#endUnknown(id, reason);
  }

  #endUnknown(id: string, reason: string): void {
    this.#counts.unknown += 1;
    this.#end(id, { error: new FaultError('CLUSTER_OUTCOME_UNKNOWN', reason) });
  }

  #end(id: string, result: Parameters<Pending['end']>[0]): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    const waiting = (this.#waiting.get(pending.subject) ?? 1) - 1;
    if (waiting > 0) this.#waiting.set(pending.subject, waiting);
    else this.#waiting.delete(pending.subject);
    pending.end(result);
  }
}
