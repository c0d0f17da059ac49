/**
 * Commands of live calls that may still be confirmed. Only an event confirms a command: the provider's answer shows that it
 * accepted the command, not that the command took effect.
 */
import type { CallFact, CallId, Command, CommandId } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { CommandTracker } from '../calls/ports.ts';
import { isOpen, step, type Answer, type CommandEvent } from './command-step.ts';
import { failureOf } from './failures.ts';

/** Most open commands of a call. The oldest beyond it keeps its status. */
const MAX_OPEN_PER_CALL = 50;
/** Most commands that were confirmed before the answer of their provider, which may never arrive from another node. */
const MAX_CONFIRMED_EARLY = 10_000;

export class OpenCommands implements CommandTracker {
  readonly #calls = new Map<CallId, BoundedMap<CommandId, Command>>();
  /** Commands that an event confirmed before the provider answered. Removed with the answer. */
  readonly #confirmedEarly = new BoundedMap<CommandId, Command>(MAX_CONFIRMED_EARLY);

  /** Tracks a command in its current status; a command whose status is final is no longer tracked. */
  put(callId: CallId, command: Command): void {
    if (!isOpen(command)) return this.#remove(callId, command.id);
    const commands = this.#calls.get(callId) ?? new BoundedMap(MAX_OPEN_PER_CALL);
    this.#calls.set(callId, commands);
    commands.set(command.id, command);
  }

  /** Returns the command after the provider's answer: still CONFIRMED if an event confirmed it before. */
  settle(requested: Command, answer: Answer): Command {
    const current = this.#confirmedEarly.get(requested.id) ?? requested;
    this.#confirmedEarly.delete(requested.id);
    return step(current, answer);
  }

  restore(callId: CallId, commands: readonly Command[]): void {
    for (const command of commands) if (!this.#calls.get(callId)?.has(command.id)) this.put(callId, command);
  }

  adopt(callId: CallId, command: Command): boolean {
    if (command.status !== 'REQUESTED' && this.#confirmedEarly.delete(command.id)) return false;
    this.put(callId, command);
    return true;
  }

  forget(callId: CallId): void {
    this.#calls.delete(callId);
  }

  confirm(callId: CallId, commandId: CommandId, at: number): Command | undefined {
    const command = this.#calls.get(callId)?.get(commandId);
    return command && this.#step(callId, command, { type: 'CONFIRMED', at });
  }

  confirmedBy(callId: CallId, fact: CallFact, at: number): readonly Command[] {
    const commands = this.#calls.get(callId);
    if (!commands || fact.type === 'COMMAND_CHANGED') return [];
    const event = { type: 'CALL_EVENT', fact, at } as const;
    const confirmed = [...commands.values()].flatMap((command) => this.#step(callId, command, event) ?? []);
    if (fact.type === 'CALL_ENDED') this.#calls.delete(callId);
    return confirmed;
  }

  interrupted(command: Command, at: number): Command {
    const failure = failureOf('PROVIDER_TIMEOUT', 'the daemon stopped before the provider answered');
    return step(command, { type: 'UNKNOWN', failure, at });
  }

  /** Returns the changed command, or undefined if the event does not change it. */
  #step(callId: CallId, before: Command, event: CommandEvent): Command | undefined {
    const after = step(before, event);
    if (after === before) return undefined;
    this.put(callId, after);
    if (before.status === 'REQUESTED') this.#confirmedEarly.set(before.id, after);
    return after;
  }

  #remove(callId: CallId, commandId: CommandId): void {
    const commands = this.#calls.get(callId);
    commands?.delete(commandId);
    if (commands?.size === 0) this.#calls.delete(callId);
  }
}
