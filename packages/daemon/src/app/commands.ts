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
  type Clock,
  type Command,
  type CommandKind,
  type ControlArguments,
  type ControlName,
  type Failure,
  type FailureCode,
  type FaultError,
  type IdSource,
  FAULTS,
} from '@sidetone/core';
import type { CallBook } from './call-book.ts';
import type { Ingest } from './ingest.ts';
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
    const requested: Command = {
      id: this.#deps.ids.command(),
      kind: KINDS[name],
      arguments: args,
      status: 'REQUESTED',
      requestedBy,
      requestedAt: this.#deps.clock.now(),
    };
    const provider = this.#deps.providers.get(call.providerId);
    const refusal = refuse(name, call, provider);
    if (refusal || !provider)
      return this.#settle(call, requested, { status: 'REFUSED', ...(refusal && { failure: refusal }) });

    await this.#store(call, requested);
    return this.#settle(call, requested, await ask(provider, name, call, args, requested));
  }

  async #settle(call: Call, requested: Command, news: Settlement): Promise<CommandOutcome> {
    const command: Command = { ...requested, ...news, settledAt: this.#deps.clock.now() };
    await this.#store(call, command);
    const current = this.#deps.book.get(call.id) ?? call;
    return { command, call: current, ...(news.failure && { failure: news.failure }) };
  }

  #store(call: Call, command: Command): Promise<void> {
    this.#deps.ingest.record(call.id, { type: 'COMMAND_CHANGED', command });
    return this.#deps.ingest.committed();
  }
}

type Settlement = Pick<Command, 'status' | 'failure'>;

/** Why the provider need not be asked, if so. */
function refuse(name: ControlName, call: Call, provider: ProviderView | undefined): Failure | undefined {
  if (!isLive(call)) return failureOf('CALL_NOT_LIVE', 'the call is over');
  if (!provider || (provider.state !== 'RUNNING' && provider.state !== 'DEGRADED')) {
    const reason = provider?.stateMessage ?? 'it is not configured';
    return failureOf('PROVIDER_NOT_RUNNING', `the provider ${call.providerId} is not running: ${reason}`);
  }
  const needed: readonly string[] = CONTROL_CAPABILITIES[name];
  const granted: readonly string[] = provider.capabilitiesFor(call);
  if (needed.length > 0 && !needed.some((capability) => granted.includes(capability))) {
    return failureOf('CAPABILITY_MISSING', `this call cannot be asked to ${KINDS[name]} now`);
  }
  return undefined;
}

async function ask<Name extends ControlName>(
  provider: ProviderView,
  name: Name,
  call: Call,
  args: ControlArguments[Name],
  { id }: Command,
): Promise<Settlement> {
  try {
    await provider.control(name, call, args, id);
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
