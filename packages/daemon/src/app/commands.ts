/**
 * Commands go out, facts come in. A command is stored before the provider is asked, and settled with the provider's
 * answer; what it changes about a call is told by the provider's own events, never by us.
 */
import {
  CONTROL_CAPABILITIES,
  isFailureCode,
  isFault,
  isLive,
  messageOf,
  type Call,
  type CallId,
  type Capability,
  type Clock,
  type Command,
  type CommandKind,
  type ControlArguments,
  type ControlName,
  type Failure,
  type FailureCode,
  type FaultError,
  type IdSource,
  type PlaceCallArguments,
  type ProviderId,
  FAULTS,
} from '@sidetone/core';
import type { CallBook } from './call-book.ts';
import type { Ingest } from './ingest.ts';
import type { OpenCommands } from './open-commands.ts';
import type { ProviderDirectory, ProviderView } from './ports.ts';

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

export interface CommandsDeps {
  readonly book: CallBook;
  readonly ingest: Ingest;
  readonly openCommands: OpenCommands;
  readonly providers: ProviderDirectory;
  readonly ids: Pick<IdSource, 'command'>;
  readonly clock: Clock;
}

export class Commands {
  readonly #deps: CommandsDeps;

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
  }

  /** Asks a call's provider to do something. Settles when the outcome is stored; rejects only when it cannot be. */
  async run<Name extends ControlName>(
    name: Name,
    callId: CallId,
    args: ControlArguments[Name],
    requestedBy: string,
  ): Promise<CommandOutcome> {
    const call = this.#deps.book.get(callId);
    if (!call) return { failure: failureOf('CALL_NOT_FOUND', 'there is no call with this id') };
    const command = this.#request(KINDS[name], args, requestedBy);
    const provider = this.#deps.providers.get(call.providerId);
    const refusal = refuse(name, args, call, provider);
    if (refusal || !provider) return this.#settle(call, command, refused(refusal));

    await this.#store(call.id, command);
    const settlement = await outcomeOf(() => provider.control(name, call, args, command.id));
    return this.#settle(call, command, settlement);
  }

  /**
   * Asks a provider to begin a call. The command is kept with the call once there is one: of an attempt that was refused
   * there is nothing to keep it with.
   */
  async place(id: ProviderId, args: PlaceCallArguments, requestedBy: string): Promise<CommandOutcome> {
    const provider = this.#deps.providers.get(id);
    const command = this.#request('PLACE_CALL', { ...args }, requestedBy);
    if (!provider || !isUsable(provider)) return { failure: notRunning(id, provider) };
    if (!provider.capabilities.includes('PLACE_CALL')) {
      return { failure: failureOf('CAPABILITY_MISSING', `the provider ${id} cannot place calls`) };
    }
    let callId: CallId | undefined;
    const { failure } = await outcomeOf(async () => {
      callId = await provider.placeCall(args, command.id);
    });
    if (callId === undefined) return { ...(failure && { failure }) };
    this.#deps.openCommands.put(callId, command);
    return this.#settle(this.#deps.ingest.current(callId)!, command, { status: 'ACCEPTED' });
  }

  #request(kind: CommandKind, args: Readonly<Record<string, unknown>>, requestedBy: string): Command {
    const { ids, clock } = this.#deps;
    return {
      id: ids.command(),
      kind,
      arguments: args,
      status: 'REQUESTED',
      requestedBy,
      requestedAt: clock.now(),
    };
  }

  /** Stores what became of a command, unless the provider's events have shown more by now. */
  async #settle(call: Call, requested: Command, news: Settlement): Promise<CommandOutcome> {
    const { openCommands, clock, book, ingest } = this.#deps;
    const confirmed = openCommands.takeConfirmed(requested.id);
    const command: Command = confirmed ?? { ...requested, ...news, settledAt: clock.now() };
    if (news.status === 'REFUSED') openCommands.drop(call.id, command.id);
    if (confirmed) await ingest.committed();
    else await this.#store(call.id, command);
    const failure = confirmed ? undefined : news.failure;
    return { command, call: book.get(call.id) ?? call, ...(failure && { failure }) };
  }

  #store(callId: CallId, command: Command): Promise<void> {
    const { ingest, openCommands } = this.#deps;
    if (command.status !== 'REFUSED') openCommands.put(callId, command);
    ingest.record(callId, { type: 'COMMAND_CHANGED', command });
    return ingest.committed();
  }
}

type Settlement = Pick<Command, 'status' | 'failure'>;

const refused = (failure: Failure | undefined): Settlement => ({
  status: 'REFUSED',
  ...(failure && { failure }),
});

const isUsable = ({ state }: ProviderView): boolean => state === 'RUNNING' || state === 'DEGRADED';

function notRunning(id: ProviderId, provider: ProviderView | undefined): Failure {
  const reason = provider?.stateMessage ?? (provider ? 'it is starting or stopping' : 'it is not configured');
  return failureOf('PROVIDER_NOT_RUNNING', `the provider ${id} is not running: ${reason}`);
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

async function outcomeOf(ask: () => Promise<void>): Promise<Settlement> {
  try {
    await ask();
    return { status: 'ACCEPTED' };
  } catch (error) {
    const failure = failureFrom(error);
    return { status: failure.code === 'PROVIDER_TIMEOUT' ? 'UNKNOWN' : 'REFUSED', failure };
  }
}

export function failureOf(code: FailureCode, message: string): Failure {
  return { code, message, retryable: FAULTS[code].retryable };
}

function failureFrom(error: unknown): Failure {
  const fault: FaultError | undefined = isFault(error) ? error : undefined;
  const code = fault && isFailureCode(fault.code) ? fault.code : 'PROVIDER_REFUSED';
  return failureOf(code, messageOf(error));
}
