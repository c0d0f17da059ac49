/**
 * Makes a command that is asked for twice one command: the second asker, with the same key, gets what became of the
 * first. Keys are kept with their commands, so that they hold over a restart, and are gone when the call is erased.
 */
import { createHash } from 'node:crypto';
import type { Clock, Command, CommandKind, Failure } from '@sidetone/core';
import type { CallRegistry } from '../calls/call-registry.ts';
import type { CommandOutcome } from './command-service.ts';
import { failureOf, throwMistake } from './failures.ts';
import type { Ingest } from '../calls/ingest.ts';
import type { StoredCommand } from '../calls/ports.ts';

/** How long a repeated command waits for the outcome of the first, ms: longer than a provider may think about it. */
export const SAME_COMMAND_WAIT_MS = 20_000;

/** Carries a command out; or only keeps it, refused, when there is a `conflict`. */
export type Act = (command: Command, conflict?: Failure) => Promise<CommandOutcome>;

export interface CommandKeysDeps {
  readonly ingest: Pick<Ingest, 'commandByKey'>;
  readonly registry: Pick<CallRegistry, 'get'>;
  readonly clock: Clock;
}

export class CommandKeys {
  readonly #deps: CommandKeysDeps;
  readonly #running = new Map<string, Running>();

  constructor(deps: CommandKeysDeps) {
    this.#deps = deps;
  }

  /** @throws {FaultError} what `act` throws, or threw. */
  async once(command: Command, act: Act): Promise<CommandOutcome> {
    const { idempotencyKey: key, ...keyless } = command;
    if (key === undefined) return act(command);
    const slot = `${key}\n${command.requestedBy}`;
    const running = this.#running.get(slot);
    const first = running ?? this.#deps.ingest.commandByKey(command.requestedBy, key);
    if (!first) return this.#begin(slot, command, act);
    if (first.command.fingerprint !== command.fingerprint) return act(keyless, conflictWith(first.command));
    return running ? this.#await(running) : this.#recall(first);
  }

  async #begin(slot: string, command: Command, act: Act): Promise<CommandOutcome> {
    const outcome = act(command);
    this.#running.set(slot, { command, outcome });
    try {
      return await outcome;
    } finally {
      this.#running.delete(slot);
    }
  }

  async #await({ command, outcome }: Running): Promise<CommandOutcome> {
    const settled = new AbortController();
    const late = this.#deps.clock.delay(SAME_COMMAND_WAIT_MS, settled.signal);
    try {
      return (await Promise.race([outcome, late])) ?? { command, failure: NO_OUTCOME };
    } finally {
      settled.abort();
    }
  }

  #recall({ callId, command }: StoredCommand): CommandOutcome {
    const failure = command.status === 'REQUESTED' ? NO_OUTCOME : command.failure;
    if (failure) throwMistake(failure, command.id);
    const call = callId && this.#deps.registry.get(callId);
    return { command, ...(call && { call }), ...(failure && { failure }) };
  }
}

interface Running {
  readonly command: Command;
  readonly outcome: Promise<CommandOutcome>;
}

const NO_OUTCOME = failureOf('PROVIDER_TIMEOUT', 'the first command with this key has no outcome yet');

const conflictWith = ({ id }: Command): Failure =>
  failureOf('IDEMPOTENCY_CONFLICT', `this key is that of the command ${id}, which is another one`);

/** Equal for the same kind of command with the same arguments about the same thing, in whatever order they are written. */
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
