/**
 * Executes what clients do to a call at the node that decides about it: here, or by one request to the other node. A request that was
 * certainly not executed is sent to the next owner, or fails with a code that says so. Of one that may have been, the stored command
 * tells the outcome; if it does not in time, the outcome is unknown. Nothing is executed twice.
 */
import { randomUUID } from 'node:crypto';
import { FaultError, isFault, type Call, type CallId, type Clock } from '@sidetone/core';
import type { Ingest } from '../calls/ingest.ts';
import { isNotOwner } from '../calls/loading/call-loads.ts';
import type { CallRef } from '../calls/loading/call-ref.ts';
import type { Owner } from '../calls/loading/ports.ts';
import { outcomeOf, type CommandOutcome } from '../commands/command-outcome.ts';
import {
  ACTIONS,
  type ActionName,
  type ActionRequest,
  type ActionResult,
  type CallActions,
} from './actions.ts';

/** How often the owner of a call may change while a request is on its way. */
export const MAX_OWNERS = 5;
/** The pause after the second change, ms: longer after each other one. */
const CHANGE_PAUSE_MS = 50;
/** How often the store is asked for the outcome of a command, ms. */
export const LOOK_MS = 500;

/** Asks another node to execute an action. */
export interface ActionPeers {
  /**
   * @throws {FaultError} the fault of the node; CLUSTER_OUTCOME_UNKNOWN if it may have executed the action; another one of
   * CLUSTER_FAULTS if it did certainly not.
   */
  act<Name extends ActionName>(
    owner: Owner,
    name: Name,
    request: ActionRequest<Name>,
    waitMs: number,
  ): Promise<ActionResult<Name>>;
}

export interface ActionRouterDeps {
  /** Executes actions of calls that this node owns. */
  readonly here: CallActions;
  readonly peers: ActionPeers;
  readonly ingest: Pick<Ingest, 'ownerOf' | 'forgetOwner' | 'commandByKey' | 'recorded'>;
  /** Returns a call as stored. */
  readonly findCall: (callId: CallId) => Promise<Call | undefined>;
  readonly clock: Pick<Clock, 'elapsed' | 'delay'>;
}

export class ActionRouter {
  readonly #deps: ActionRouterDeps;
  readonly #counts = { here: 0, elsewhere: 0, moved: 0, unknown: 0 };

  constructor(deps: ActionRouterDeps) {
    this.#deps = deps;
  }

  /** Since the start: actions executed here and sent to other nodes, changes of owners on the way, and unknown outcomes. */
  get counts(): Readonly<{ here: number; elsewhere: number; moved: number; unknown: number }> {
    return this.#counts;
  }

  /** @throws {FaultError} of the action; one of CLUSTER_FAULTS, of which only CLUSTER_OUTCOME_UNKNOWN means that it may be executed. */
  async run<Name extends ActionName>(name: Name, given: ActionRequest<Name>): Promise<ActionResult<Name>> {
    const { clock, ingest } = this.#deps;
    const { refOf, waitMs } = ACTIONS[name];
    const ref = refOf(given);
    const deadlineAt = clock.elapsed() + waitMs;
    let request = given;
    for (let attempt = 1; ; attempt++) {
      const owner = await this.#ownerOf(ref);
      if (owner) request = withKey(name, request);
      const result = await this.#runAt(owner, name, request, deadlineAt);
      if ('value' in result) return result.value;
      ingest.forgetOwner(ref);
      if (attempt >= MAX_OWNERS || clock.elapsed() >= deadlineAt) throw result.fault;
      this.#counts.moved += 1;
      if (attempt > 1) await clock.delay(CHANGE_PAUSE_MS * attempt);
    }
  }

  /** Returns the other node that decides about a call; undefined if this one does. */
  async #ownerOf(ref: CallRef): Promise<Owner | undefined> {
    try {
      return await this.#deps.ingest.ownerOf(ref);
    } catch (error) {
      throw excluded(error);
    }
  }

  /** Returns a fault if it was certainly not executed, and another node may decide about the call by now. */
  async #runAt<Name extends ActionName>(
    owner: Owner | undefined,
    name: Name,
    request: ActionRequest<Name>,
    deadlineAt: number,
  ): Promise<Result<ActionResult<Name>>> {
    const { here, peers, clock } = this.#deps;
    try {
      if (!owner) {
        this.#counts.here += 1;
        return { value: await (here[name] as Run<Name>)(request) };
      }
      this.#counts.elsewhere += 1;
      const waitMs = Math.max(1, deadlineAt - clock.elapsed());
      return { value: await peers.act(owner, name, request, waitMs) };
    } catch (error) {
      if (isNotOwner(error)) return { fault: error };
      if (!owner) throw excluded(error);
      if (isFault(error) && MAY_HAVE_LEFT.has(error.code))
        return this.#afterAbsence(owner, name, request, error);
      if (!isFault(error) || error.code !== 'CLUSTER_OUTCOME_UNKNOWN') throw error;
      return this.#afterUnknown(owner, name, request, { fault: error, deadlineAt });
    }
  }

  /** The node has left or was excluded: then this one, or another one, owns the call. Otherwise the client has to retry. */
  async #afterAbsence<Name extends ActionName>(
    owner: Owner,
    name: Name,
    request: ActionRequest<Name>,
    fault: FaultError,
  ): Promise<{ readonly fault: FaultError }> {
    const ref = ACTIONS[name].refOf(request);
    this.#deps.ingest.forgetOwner(ref);
    if (isSame(await this.#ownerOf(ref), owner))
      throw new FaultError('CLUSTER_NODE_UNAVAILABLE', `node ${owner.node} is not there`, { cause: fault });
    return { fault };
  }

  /** Looks in the store for the outcome of a command until the deadline. */
  async #afterUnknown<Name extends ActionName>(
    owner: Owner,
    name: Name,
    request: ActionRequest<Name>,
    { fault, deadlineAt }: { readonly fault: FaultError; readonly deadlineAt: number },
  ): Promise<Result<ActionResult<Name>>> {
    const { clock, ingest } = this.#deps;
    const key = keyOf(name, request);
    this.#counts.unknown += 1;
    if (key === undefined) throw fault;
    const unknown = new FaultError('CLUSTER_OUTCOME_UNKNOWN', fault.message, {
      cause: fault,
      details: { idempotencyKey: key },
    });
    for (;;) {
      const ref = ACTIONS[name].refOf(request);
      ingest.forgetOwner(ref);
      // First: a node that is no owner any longer stores nothing more.
      const isLeft = await this.#ownerOf(ref).then(
        (now) => !isSame(now, owner),
        () => false,
      );
      const stored = await this.#stored(request.by, key);
      if (stored && stored.command?.status !== 'REQUESTED')
        return { value: outcomeOf(stored) as ActionResult<Name> };
      if (stored === undefined && isLeft)
        return {
          fault: new FaultError('CLUSTER_NODE_UNAVAILABLE', `node ${owner.node} has left`, { cause: fault }),
        };
      const remainingMs = deadlineAt - clock.elapsed();
      if (remainingMs <= 0) throw unknown;
      await clock.delay(Math.min(LOOK_MS, remainingMs));
    }
  }

  /** Returns a command as stored with its call; undefined if it is not stored; null if the store does not answer. */
  async #stored(by: string, key: string): Promise<CommandOutcome | undefined | null> {
    const { ingest, findCall } = this.#deps;
    try {
      const stored = await ingest.commandByKey(by, key);
      if (!stored) return undefined;
      // Its last status may not be stored yet.
      if (stored.callId) await ingest.recorded(stored.callId);
      const call = stored.callId && (await findCall(stored.callId));
      return { command: stored.command, ...(call && { call }) };
    } catch {
      return null;
    }
  }
}

type Run<Name extends ActionName> = (request: ActionRequest<Name>) => Promise<ActionResult<Name>>;

/** The value, or why it was not executed. */
type Result<Value> = { readonly value: Value } | { readonly fault: FaultError };

/** Codes of nodes that executed nothing, because they are not there any longer. */
const MAY_HAVE_LEFT: ReadonlySet<string> = new Set(['CLUSTER_NODE_UNAVAILABLE', 'NODE_FENCED']);

const isSame = (owner: Owner | undefined, other: Owner): boolean =>
  owner?.node === other.node && owner.epoch === other.epoch;

/** This node was excluded before it could store anything. */
const excluded = (error: unknown): unknown =>
  isFault(error) && error.code === 'NODE_FENCED'
    ? new FaultError(
        'CLUSTER_NODE_UNAVAILABLE',
        'this node was excluded from the cluster and has to restart',
        {
          cause: error,
        },
      )
    : error;

/** Returns the request with an idempotency key, by which its outcome is found. */
function withKey<Name extends ActionName>(name: Name, request: ActionRequest<Name>): ActionRequest<Name> {
  if (!ACTIONS[name].isCommand || keyOf(name, request) !== undefined) return request;
  return { ...request, key: `node ${randomUUID()}` };
}

const keyOf = <Name extends ActionName>(name: Name, request: ActionRequest<Name>): string | undefined =>
  ACTIONS[name].isCommand ? (request as { readonly key?: string }).key : undefined;
