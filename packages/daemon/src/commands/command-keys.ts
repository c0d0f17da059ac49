/**
 * Idempotency keys: repeating a command with the same key returns the outcome of the first one. Keys are stored with their
 * commands, so they survive a restart and are deleted when the call is erased.
 */
import { createHash } from 'node:crypto';
import type { Call, CallId, Clock, Command, CommandKind, Failure } from '@sidetone/core';
import type { CallRegistry } from '../calls/call-registry.ts';
import type { Ingest } from '../calls/ingest.ts';
import type { StoredCommand } from '../calls/ports.ts';
import { outcomeOf, type CommandOutcome } from './command-outcome.ts';
import { failureOf } from './failures.ts';

/** How long a repeated command waits for the outcome of the first, ms: longer than the timeout of a provider request. */
export const SAME_COMMAND_WAIT_MS = 20_000;

/** Executes a command; if there is a `conflict`, only stores the command as refused. */
export type Execute = (command: Command, conflict?: Failure) => Promise<CommandOutcome>;

export interface CommandKeysDeps {
  readonly ingest: Pick<Ingest, 'commandByKey'>;
  readonly registry: Pick<CallRegistry, 'recall'>;
  /** Reads calls that are not in memory. */
  readonly history: { call(id: CallId): Promise<Call | undefined> };
  readonly clock: Clock;
}

export class CommandKeys {
  readonly #deps: CommandKeysDeps;
  readonly #running = new Map<string, Running>();
  /** Number of commands with a key that have ended. */
  #ended = 0;

  constructor(deps: CommandKeysDeps) {
    this.#deps = deps;
  }

  /** Executes a command unless its key is known. @throws {FaultError} as `execute` does, also for a repeated command. */
  async once(command: Command, execute: Execute): Promise<CommandOutcome> {
    const { idempotencyKey: key, ...keyless } = command;
    if (key === undefined) return execute(command);
    const slot = `${key}\n${command.requestedBy}`;
    const ended = this.#ended;
    const stored = this.#running.has(slot)
      ? undefined
      : await this.#deps.ingest.commandByKey(command.requestedBy, key);
    const first = this.#running.get(slot) ?? stored;
    // One that ended in the meantime may have been stored after the store was asked.
    if (!first && ended !== this.#ended) return this.once(command, execute);
    if (!first) return this.#execute(slot, command, execute);
    if (first.command.fingerprint !== command.fingerprint)
      return execute(keyless, conflictWith(first.command));
    return 'outcome' in first ? this.#await(first) : this.#recall(first);
  }

  async #execute(slot: string, command: Command, execute: Execute): Promise<CommandOutcome> {
    const outcome = execute(command);
    this.#running.set(slot, { command, outcome });
    try {
      return await outcome;
    } finally {
      this.#running.delete(slot);
      this.#ended++;
    }
  }

  async #await({ command, outcome }: Running): Promise<CommandOutcome> {
    const settled = new AbortController();
    const timeout = this.#deps.clock.delay(SAME_COMMAND_WAIT_MS, settled.signal);
    try {
      return (await Promise.race([outcome, timeout])) ?? { command, failure: NO_OUTCOME };
    } finally {
      settled.abort();
    }
  }

  async #recall({ callId, command }: StoredCommand): Promise<CommandOutcome> {
    const { registry, history } = this.#deps;
    const call = callId && (registry.recall(callId) ?? (await history.call(callId)));
    return outcomeOf({
      command,
      ...(call && { call }),
      ...(command.status === 'REQUESTED' && { failure: NO_OUTCOME }),
    });
  }
}

interface Running {
  readonly command: Command;
  readonly outcome: Promise<CommandOutcome>;
}

const NO_OUTCOME = failureOf('PROVIDER_TIMEOUT', 'the first command with this key has no outcome yet');

const conflictWith = ({ id }: Command): Failure =>
  failureOf('IDEMPOTENCY_CONFLICT', `this key belongs to command ${id}, which has different arguments`);

/** Returns a hash of the kind, the target and the arguments of a command. The order of object keys does not matter. */
export function fingerprintOf(
  kind: CommandKind,
  target: string,
  args: Readonly<Record<string, unknown>>,
): string {
  const text = JSON.stringify([kind, target, args], (_key, value: unknown) => sorted(value));
  return createHash('sha256').update(text).digest('base64url');
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
