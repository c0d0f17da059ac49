/**
 * Executes commands. A command is stored before its provider is asked and settled with the provider's answer. It does not
 * change the call: the provider's own events do.
 */
import {
  CONTROL_CAPABILITIES,
  FaultError,
  isFault,
  isLive,
  type Call,
  type CallId,
  type Capability,
  type Clock,
  type Command,
  type CommandKind,
  type ControlArguments,
  type ControlName,
  type Failure,
  type IdSource,
  type PlaceCallArguments,
  type ProviderCallId,
  type ProviderId,
} from '@sidetone/core';
import type { CallRegistry } from '../calls/call-registry.ts';
import type { Ingest } from '../calls/ingest.ts';
import { countryOf, type Countries } from '../calls/numbers/countries.ts';
import type { CallLedger } from '../calls/ports.ts';
import { retryWhileBusy } from '../calls/store-retry.ts';
import type { ProviderDirectory, ProviderView } from '../plugins/ports.ts';
import { CommandKeys, fingerprintOf, type Execute } from './command-keys.ts';
import { normaliseControl, normalisePlacing } from './number-arguments.ts';
import { outcomeOf, type CommandOutcome, type WatchOutcome } from './command-outcome.ts';
import { step, type Answer } from './command-step.ts';
import { answerOf, failureOf, notRunning } from './failures.ts';
import type { OpenCommands } from './open-commands.ts';

const KINDS = {
  say: 'SAY',
  addMessage: 'ADD_MESSAGE',
  mute: 'MUTE',
  unmute: 'UNMUTE',
  sayFirstMessage: 'SAY_FIRST_MESSAGE',
  transfer: 'TRANSFER',
  handoff: 'HANDOFF',
  endCall: 'END_CALL',
  sendDtmf: 'SEND_DTMF',
  playAudio: 'PLAY_AUDIO',
  clearAudio: 'CLEAR_AUDIO',
} as const satisfies Record<ControlName, CommandKind>;

/** The call and the provider of a command, if they are known. */
interface CommandTarget {
  readonly callId?: CallId;
  readonly providerId?: ProviderId | undefined;
}

/** Executes a command as part of a trace. */
export type TraceCommand = (
  command: Command,
  target: CommandTarget,
  execute: () => Promise<CommandOutcome>,
) => Promise<CommandOutcome>;

export interface CommandServiceDeps {
  readonly registry: CallRegistry;
  readonly ledger: Pick<CallLedger, 'putCommand'>;
  readonly ingest: Ingest;
  /** Reads calls that are not in memory. */
  readonly history: { call(id: CallId): Promise<Call | undefined> };
  readonly openCommands: OpenCommands;
  readonly providers: ProviderDirectory;
  /** The countries of national numbers in arguments. */
  readonly countries: Countries;
  readonly ids: Pick<IdSource, 'command'>;
  readonly clock: Clock;
  /** Undefined if there are no traces. */
  readonly trace?: TraceCommand | undefined;
}

export class CommandService {
  readonly #deps: CommandServiceDeps;
  readonly #keys: CommandKeys;
  readonly #now: () => number;

  constructor(deps: CommandServiceDeps) {
    this.#deps = deps;
    this.#keys = new CommandKeys(deps);
    this.#now = () => deps.clock.now();
  }

  /**
   * Executes a control of a call. Resolves when the outcome is stored. Repeating the requester's idempotency key returns the
   * outcome of the first command.
   * @throws {FaultError} INPUT_INVALID if the plugin rejects an argument; the command is then stored as refused. Also for an
   * invalid telephone number; nothing is stored then.
   */
  async run<Name extends ControlName>(
    name: Name,
    callId: CallId,
    given: ControlArguments[Name],
    requestedBy: string,
    idempotencyKey?: string,
  ): Promise<CommandOutcome> {
    const { registry, ingest, countries } = this.#deps;
    await ingest.ready(callId);
    const call = registry.get(callId);
    const args = call ? normaliseControl(name, given, countryOf(countries, call.providerId)) : given;
    const requested = this.#request(KINDS[name], callId, args, requestedBy, idempotencyKey);
    const target = { callId, providerId: call?.providerId };
    return this.#once(requested, target, (command, conflict) =>
      this.#control(name, callId, args, command, conflict),
    );
  }

  /**
   * Places a call. The command is stored without a call until there is one; a failed attempt stays without a call.
   * @throws {FaultError} INPUT_INVALID if the plugin rejects an argument; the command is then stored as refused. Also for an
   * invalid telephone number; nothing is stored then.
   */
  async place(
    id: ProviderId,
    given: PlaceCallArguments,
    requestedBy: string,
    idempotencyKey?: string,
  ): Promise<CommandOutcome> {
    const args = normalisePlacing(given, countryOf(this.#deps.countries, id));
    const stored = { providerId: id, ...args };
    const requested = this.#request('PLACE_CALL', id, stored, requestedBy, idempotencyKey);
    return this.#once(requested, { providerId: id }, (command, conflict) =>
      this.#place(id, args, command, conflict),
    );
  }

  /**
   * Executes a command on a live call that the daemon itself carries out: `effect` does, and must not wait. Resolves when the
   * outcome is stored, with everything that `effect` recorded. Idempotency keys are those of `run`.
   */
  async perform(
    kind: CommandKind,
    callId: CallId,
    args: Readonly<Record<string, unknown>>,
    requestedBy: string,
    idempotencyKey: string | undefined,
    effect: (call: Call) => void,
  ): Promise<CommandOutcome> {
    await this.#deps.ingest.ready(callId);
    const requested = this.#request(kind, callId, args, requestedBy, idempotencyKey);
    return this.#once(requested, { callId }, (command, conflict) =>
      this.#perform(callId, command, conflict, effect),
    );
  }

  /**
   * Takes over a live call that others set up. The outcome has no call until an event of the call arrives. The call has an
   * event that names the requester.
   * @throws {FaultError} INPUT_INVALID if the plugin rejects the id.
   */
  async watch(id: ProviderId, providerCallId: ProviderCallId, requestedBy: string): Promise<WatchOutcome> {
    const { providers, ids, ingest, registry } = this.#deps;
    const provider = providers.get(id);
    if (!provider?.isRunning) return { failure: notRunning(id, provider) };
    const { watch } = provider;
    if (!watch) {
      const message = `the provider ${id} cannot take over calls that others set up`;
      return { failure: failureOf('CAPABILITY_MISSING', message) };
    }
    const ref = { providerId: id, providerCallId };
    await ingest.ready(ref);
    const answer = await answerOf(() => watch(providerCallId, ids.command()), this.#now);
    // The provider may have opened its stream at another node, which owns the call since.
    const isHere = (await ingest.ownerOf(ref)) === undefined;
    if (answer.type !== 'REFUSED') ingest.watchedBy(requestedBy, id, providerCallId);
    await ingest.committed();
    const call = isHere ? registry.find(id, providerCallId) : undefined;
    return outcomeOf({ ...(call && { call }), ...('failure' in answer && { failure: answer.failure }) });
  }

  /** Executes a command unless its key is known. */
  #once(requested: Command, target: CommandTarget, execute: Execute): Promise<CommandOutcome> {
    const { trace } = this.#deps;
    const traced: Execute = trace
      ? (command, conflict) => trace(command, target, () => execute(command, conflict))
      : execute;
    return this.#keys.once(requested, traced);
  }

  async #control<Name extends ControlName>(
    name: Name,
    callId: CallId,
    args: ControlArguments[Name],
    command: Command,
    conflict: Failure | undefined,
  ): Promise<CommandOutcome> {
    const { registry, providers, ingest } = this.#deps;
    // It may have been given up while the key was looked for.
    await ingest.ready(callId);
    const found = registry.get(callId);
    const provider = found && providers.get(found.providerId);
    const offered = (found && provider?.capabilitiesFor(found)) ?? [];
    const capabilities = offered instanceof Promise ? await offered : offered;
    // It may have changed, or been given up, while its plugin was asked. From here to the record nothing waits.
    const loading = ingest.ready(callId);
    if (loading) await loading;
    const call = registry.get(callId);
    if (!call) return { failure: failureOf('CALL_NOT_FOUND', 'there is no call with this id') };
    const target = conflict ?? targetOf(call, provider, capabilityFor(name, args), capabilities);
    if ('code' in target) return this.#settle(call, command, this.#refusal(target));

    await this.#record(call.id, command);
    this.#track(call.id, command);
    const answer = await answerOf(() => target.control(name, call, args, command.id), this.#now);
    return this.#settle(call, command, answer).catch((error: unknown) => {
      throw unsettled(error, command);
    });
  }

  async #perform(
    callId: CallId,
    command: Command,
    conflict: Failure | undefined,
    effect: (call: Call) => void,
  ): Promise<CommandOutcome> {
    const { registry, ingest } = this.#deps;
    const loading = ingest.ready(callId);
    if (loading) await loading;
    const call = ingest.current(callId);
    if (!call) return { failure: failureOf('CALL_NOT_FOUND', 'there is no call with this id') };
    const failure = conflict ?? (isLive(call) ? undefined : failureOf('CALL_NOT_LIVE', 'the call has ended'));
    if (failure) return this.#settle(call, command, this.#refusal(failure));
    effect(call);
    const done = step(command, { type: 'CONFIRMED', at: this.#now() });
    await this.#record(callId, done);
    return outcomeOf({ command: done, call: registry.recall(callId) ?? call });
  }

  async #place(
    id: ProviderId,
    args: PlaceCallArguments,
    command: Command,
    conflict: Failure | undefined,
  ): Promise<CommandOutcome> {
    const { providers, ledger, ingest, history, clock } = this.#deps;
    const target = conflict ?? dialerOf(id, providers.get(id));
    if ('code' in target) return this.#settleWithoutCall(command, this.#refusal(target));

    await retryWhileBusy(clock, () => ledger.putCommand(command));
    let call: Call | undefined;
    const answer = await answerOf(async () => {
      const callId = await target.placeCall(args, command.id);
      call = ingest.isHere(callId) ? ingest.current(callId) : await history.call(callId);
    }, this.#now);
    return call ? this.#settle(call, command, answer) : this.#settleWithoutCall(command, answer);
  }

  #request(
    kind: CommandKind,
    target: string,
    args: Readonly<Record<string, unknown>>,
    requestedBy: string,
    idempotencyKey: string | undefined,
  ): Command {
    return {
      id: this.#deps.ids.command(),
      kind,
      arguments: args,
      status: 'REQUESTED',
      requestedBy,
      requestedAt: this.#now(),
      ...(idempotencyKey !== undefined && {
        idempotencyKey,
        fingerprint: fingerprintOf(kind, target, args),
      }),
    };
  }

  #refusal(failure: Failure): Answer {
    return { type: 'REFUSED', failure, at: this.#now() };
  }

  /** Stores the answer to a command, unless an event of the provider has confirmed the command by now. */
  async #settle(call: Call, requested: Command, answer: Answer): Promise<CommandOutcome> {
    const { openCommands, registry, ingest } = this.#deps;
    const command = openCommands.settle(requested, answer);
    if (command.status === 'CONFIRMED') {
      await ingest.recorded(call.id);
    } else {
      this.#track(call.id, command);
      await this.#record(call.id, command);
    }
    return outcomeOf({ command, call: registry.recall(call.id) ?? call });
  }

  /** Stores the answer to a command that no call resulted from. */
  async #settleWithoutCall(requested: Command, answer: Answer): Promise<CommandOutcome> {
    const command = step(requested, answer);
    const { clock, ledger } = this.#deps;
    await retryWhileBusy(clock, () => ledger.putCommand(command));
    return outcomeOf({ command });
  }

  #track(callId: CallId, command: Command): void {
    const { ingest, openCommands } = this.#deps;
    // Otherwise the node that decides about the call does.
    const call = ingest.isHere(callId) ? ingest.current(callId) : undefined;
    if (call && isLive(call)) openCommands.put(callId, command);
  }

  #record(callId: CallId, command: Command): Promise<void> {
    this.#deps.ingest.recordBy(command.requestedBy, callId, { type: 'COMMAND_CHANGED', command });
    return this.#deps.ingest.recorded(callId);
  }
}

/** The provider was asked, but this node was excluded before it could store the answer: its command will be UNKNOWN. */
function unsettled(error: unknown, { id, idempotencyKey }: Command): unknown {
  if (!isFault(error) || error.code !== 'NODE_FENCED') return error;
  return new FaultError('CLUSTER_OUTCOME_UNKNOWN', 'this node was excluded before it stored the outcome', {
    cause: error,
    details: { commandId: id, ...(idempotencyKey !== undefined && { idempotencyKey }) },
  });
}

/** Returns the provider that a control is sent to, or why it cannot be sent. */
function targetOf(
  call: Call,
  provider: ProviderView | undefined,
  needed: Capability,
  capabilities: readonly Capability[],
): ProviderView | Failure {
  if (!isLive(call)) return failureOf('CALL_NOT_LIVE', 'the call has ended');
  if (!provider?.isRunning) return notRunning(call.providerId, provider);
  return capabilities.includes(needed)
    ? provider
    : failureOf('CAPABILITY_MISSING', `the call does not have the capability ${needed} now`);
}

/** Returns the provider that a call is placed with, or why it cannot place calls. */
function dialerOf(id: ProviderId, provider: ProviderView | undefined): ProviderView | Failure {
  if (!provider?.isRunning) return notRunning(id, provider);
  return provider.capabilities.includes('PLACE_CALL')
    ? provider
    : failureOf('CAPABILITY_MISSING', `the provider ${id} cannot place calls`);
}

/** Returns the capability that a control needs. Muting has one for each party. */
function capabilityFor<Name extends ControlName>(name: Name, args: ControlArguments[Name]): Capability {
  if (name !== 'mute' && name !== 'unmute') return CONTROL_CAPABILITIES[name as Exclude<Name, 'unmute'>][0];
  return (args as ControlArguments['mute']).party === 'CUSTOMER' ? 'MUTE_CUSTOMER' : 'MUTE_ASSISTANT';
}
