/**
 * CommandService go out, facts come in. A command is stored before the provider is asked, and settled with the provider's
 * answer; what it changes about a call is told by the provider's own events, never by us.
 */
import {
  CONTROL_CAPABILITIES,
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
import { CommandKeys, fingerprintOf } from './command-keys.ts';
import { failureFrom, failureOf, isUsable, notRunning, throwMistake } from './failures.ts';
import type { Ingest } from '../calls/ingest.ts';
import type { OpenCommands } from './open-commands.ts';
import type { CallLedger } from '../calls/ports.ts';
import type { ProviderDirectory, ProviderView } from '../plugins/ports.ts';

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

/** What became of a command. `failure` stands there when it was not accepted. */
export interface CommandOutcome {
  readonly command?: Command;
  readonly call?: Call;
  readonly failure?: Failure;
}

/** What became of taking up a call. */
export type WatchOutcome = Pick<CommandOutcome, 'call' | 'failure'>;

export interface CommandsDeps {
  readonly registry: CallRegistry;
  readonly ledger: Pick<CallLedger, 'putCommand'>;
  readonly ingest: Ingest;
  readonly openCommands: OpenCommands;
  readonly providers: ProviderDirectory;
  readonly ids: Pick<IdSource, 'command'>;
  readonly clock: Clock;
}

export class CommandService {
  readonly #deps: CommandsDeps;
  readonly #keys: CommandKeys;

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
    this.#keys = new CommandKeys(deps);
  }

  /**
   * Asks a call's provider to do something. Settles when the outcome is stored. The same requester's same key is the same
   * command: the first one's outcome comes back.
   * @throws {FaultError} INPUT_INVALID when the plugin finds an argument wrong: the command is then kept as refused.
   */
  run<Name extends ControlName>(
    name: Name,
    callId: CallId,
    args: ControlArguments[Name],
    requestedBy: string,
    idempotencyKey?: string,
  ): Promise<CommandOutcome> {
    const requested = this.#request(KINDS[name], callId, args, requestedBy, idempotencyKey);
    return this.#keys.once(requested, (command, conflict) =>
      this.#control(name, callId, args, command, conflict),
    );
  }

  /**
   * Asks a provider to begin a call. The command is kept with the call once there is one, and alone until then: so is an
   * attempt that came to nothing.
   * @throws {FaultError} INPUT_INVALID when the plugin finds an argument wrong: the command is then kept as refused.
   */
  place(
    id: ProviderId,
    args: PlaceCallArguments,
    requestedBy: string,
    idempotencyKey?: string,
  ): Promise<CommandOutcome> {
    const told = { providerId: id, ...args };
    const requested = this.#request('PLACE_CALL', id, told, requestedBy, idempotencyKey);
    return this.#keys.once(requested, (command, conflict) => this.#place(id, args, command, conflict));
  }

  /**
   * Has a provider take up a live call that others set up. There is no call in the answer while nothing is known of it.
   * @throws {FaultError} INPUT_INVALID when the plugin finds the id wrong.
   */
  async watch(id: ProviderId, providerCallId: ProviderCallId): Promise<WatchOutcome> {
    const { providers, ids, ingest, registry } = this.#deps;
    const provider = providers.get(id);
    if (!provider || !isUsable(provider)) return { failure: notRunning(id, provider) };
    const { watch } = provider;
    if (!watch) {
      return { failure: failureOf('CAPABILITY_MISSING', `the provider ${id} takes up no calls of others`) };
    }
    const { failure } = await settlementOf(() => watch(providerCallId, ids.command()));
    if (failure) throwMistake(failure);
    await ingest.committed();
    const call = registry.find(id, providerCallId);
    return { ...(call && { call }), ...(failure && { failure }) };
  }

  async #control<Name extends ControlName>(
    name: Name,
    callId: CallId,
    args: ControlArguments[Name],
    command: Command,
    conflict: Failure | undefined,
  ): Promise<CommandOutcome> {
    const call = this.#deps.registry.get(callId);
    if (!call) return { failure: failureOf('CALL_NOT_FOUND', 'there is no call with this id') };
    const provider = this.#deps.providers.get(call.providerId);
    const refusal = conflict ?? refuse(name, args, call, provider);
    if (refusal || !provider) return this.#settle(call, command, refused(refusal));

    await this.#store(call.id, command);
    const settlement = await settlementOf(() => provider.control(name, call, args, command.id));
    return this.#settle(call, command, settlement);
  }

  async #place(
    id: ProviderId,
    args: PlaceCallArguments,
    command: Command,
    conflict: Failure | undefined,
  ): Promise<CommandOutcome> {
    const { providers, ledger, openCommands, ingest } = this.#deps;
    const provider = providers.get(id);
    const refusal = conflict ?? refusePlacing(id, provider);
    if (refusal || !provider) return this.#settleAlone(command, refused(refusal));

    ledger.putCommand(command);
    let call: Call | undefined;
    const settlement = await settlementOf(async () => {
      call = ingest.current(await provider.placeCall(args, command.id));
    });
    if (!call) return this.#settleAlone(command, settlement);
    openCommands.put(call.id, command);
    return this.#settle(call, command, settlement);
  }

  #request(
    kind: CommandKind,
    target: string,
    args: Readonly<Record<string, unknown>>,
    requestedBy: string,
    idempotencyKey: string | undefined,
  ): Command {
    const { ids, clock } = this.#deps;
    return {
      id: ids.command(),
      kind,
      arguments: args,
      status: 'REQUESTED',
      requestedBy,
      requestedAt: clock.now(),
      ...(idempotencyKey !== undefined && {
        idempotencyKey,
        fingerprint: fingerprintOf(kind, target, args),
      }),
    };
  }

  /** Stores what became of a command, unless the provider's events have shown more by now. */
  async #settle(call: Call, requested: Command, news: Settlement): Promise<CommandOutcome> {
    const { openCommands, clock, registry, ingest } = this.#deps;
    const confirmed = openCommands.takeConfirmed(requested.id);
    const command: Command = confirmed ?? { ...requested, ...news, settledAt: clock.now() };
    if (news.status === 'REFUSED') openCommands.drop(call.id, command.id);
    if (confirmed) await ingest.committed();
    else await this.#store(call.id, command);
    const failure = confirmed ? undefined : news.failure;
    if (failure) throwMistake(failure, command.id);
    return { command, call: registry.get(call.id) ?? call, ...(failure && { failure }) };
  }

  /** Stores what became of a command that no call came of. */
  #settleAlone(requested: Command, news: Settlement): CommandOutcome {
    const { ledger, clock } = this.#deps;
    const command: Command = { ...requested, ...news, settledAt: clock.now() };
    ledger.putCommand(command);
    if (news.failure) throwMistake(news.failure, command.id);
    return { command, ...(news.failure && { failure: news.failure }) };
  }

  #store(callId: CallId, command: Command): Promise<void> {
    const { ingest, openCommands } = this.#deps;
    const call = ingest.current(callId);
    if (call && isLive(call) && command.status !== 'REFUSED') openCommands.put(callId, command);
    ingest.record(callId, { type: 'COMMAND_CHANGED', command });
    return ingest.committed();
  }
}

type Settlement = Pick<Command, 'status' | 'failure'>;

const refused = (failure: Failure | undefined): Settlement => ({
  status: 'REFUSED',
  ...(failure && { failure }),
});

function refusePlacing(id: ProviderId, provider: ProviderView | undefined): Failure | undefined {
  if (!provider || !isUsable(provider)) return notRunning(id, provider);
  return provider.capabilities.includes('PLACE_CALL')
    ? undefined
    : failureOf('CAPABILITY_MISSING', `the provider ${id} cannot place calls`);
}

/** Why the provider need not be asked, if so. */
function refuse<Name extends ControlName>(
  name: Name,
  args: ControlArguments[Name],
  call: Call,
  provider: ProviderView | undefined,
): Failure | undefined {
  if (!isLive(call)) return failureOf('CALL_NOT_LIVE', 'the call is over');
  if (!provider || !isUsable(provider)) return notRunning(call.providerId, provider);
  const needed = capabilityFor(name, args);
  return provider.capabilitiesFor(call).includes(needed)
    ? undefined
    : failureOf('CAPABILITY_MISSING', `this call has no capability ${needed} now`);
}

/** What a control needs: muting needs to be possible for the very party. */
function capabilityFor<Name extends ControlName>(name: Name, args: ControlArguments[Name]): Capability {
  if (name !== 'mute' && name !== 'unmute') return CONTROL_CAPABILITIES[name as Exclude<Name, 'unmute'>][0];
  return (args as ControlArguments['mute']).party === 'CUSTOMER' ? 'MUTE_CUSTOMER' : 'MUTE_ASSISTANT';
}

async function settlementOf(ask: () => Promise<void>): Promise<Settlement> {
  try {
    await ask();
    return { status: 'ACCEPTED' };
  } catch (error) {
    const failure = failureFrom(error);
    return { status: failure.code === 'PROVIDER_TIMEOUT' ? 'UNKNOWN' : 'REFUSED', failure };
  }
}
