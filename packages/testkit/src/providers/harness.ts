/** Runs one instance of a plugin on a fake host, with a simulated provider. */
import {
  providerCallId,
  type CommandContext,
  type CommandId,
  type ControlledCall,
  type IngressRequest,
  type Provider,
  type ProviderCallId,
} from '@sidetone/core';
import { ABORT_MS, LENIENT_START_MS, STOP_MS } from '../checks/deadlines.ts';
import { mustBeFulfilled, outcomeWithin, type Outcome } from '../checks/outcome.ts';
import { readOptions } from '../checks/plugin-checks.ts';
import { createControlledCall } from '../fakes/contract-values.ts';
import type { FakeRequest } from '../fakes/fake-fetch.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { createFakeHost, type FakeHost, type FakeHostOptions } from '../fakes/fake-host.ts';
import type { FakeSocket } from '../fakes/fake-socket.ts';
import { answerDial, isForAudioFile, replyTo, type ApiBehaviour, type ApiState } from './fake-api.ts';
import type { ReceivedAudio } from './received-audio.ts';
import { ScenarioPlayer, type Delivery, type Redelivery } from './scenario-player.ts';
import type { StepEffects } from './step-effects.ts';
import { otherId, withCallId } from './other-call.ts';
import { allSteps, type Sample, type Scenario, type Step, type Subject } from './scenario.ts';
import { notAborted } from '../fakes/not-aborted.ts';

/** With the clock and state of another harness, the instance simulates that one after a restart. */
export interface HarnessOptions extends Pick<FakeHostOptions, 'clock' | 'state'> {
  readonly redelivery?: Redelivery;
}

/** Creates an instance without starting it. */
export async function createHarness(
  subject: Subject,
  options: HarnessOptions = {},
): Promise<ProviderHarness> {
  const { startsAt, country, tokens } = subject.scenario;
  const host = createFakeHost({
    ...(startsAt !== undefined && { clock: createFakeClock(startsAt) }),
    ...(country !== undefined && { country }),
    ...(tokens && { tokens }),
    ...options,
  });
  const provider = subject.plugin.create(await readOptions(subject), host);
  return new ProviderHarness(subject.scenario, host, provider, options.redelivery);
}

/** An instance, and everything that happened to it. */
export class ProviderHarness implements ApiState {
  readonly host: FakeHost;
  readonly provider: Provider;
  api: ApiBehaviour = 'responds';
  callHasEnded = false;
  readonly #scenario: Scenario;
  /** The scenario whose API answers. */
  #current: Scenario;
  readonly #player: ScenarioPlayer;
  #commands = 0;
  #isRunning = false;

  constructor(scenario: Scenario, host: FakeHost, provider: Provider, redelivery: Redelivery | undefined) {
    this.#scenario = scenario;
    this.#current = scenario;
    this.host = host;
    this.provider = provider;
    this.#player = new ScenarioPlayer(scenario, host, provider, redelivery);
    host.respond('*', /^/, (request) => replyTo(this.#current, this, request, host.requests));
    host.answerDials(() => answerDial(this));
  }

  /** All requests that were sent to the plugin, in order. */
  get deliveries(): readonly Delivery[] {
    return this.#player.deliveries;
  }

  /** The audio of each message, in order. */
  get receivedAudio(): readonly ReceivedAudio[] {
    return this.#player.receivedAudio;
  }

  /** The effects of each step that states any, in order. */
  get stepEffects(): readonly StepEffects[] {
    return this.#player.stepEffects;
  }

  /** Exceptions of listeners, rejected sockets and steps that could not be played. */
  get errors(): readonly string[] {
    return this.#player.errors;
  }

  /** The plugin's ends of the sockets that the provider opened. */
  get accepted(): readonly FakeSocket[] {
    return this.#player.accepted;
  }

  /** The provider's ends of the sockets that the plugin opened. */
  get dialled(): readonly FakeSocket[] {
    return this.#player.dialled;
  }

  /** Whether the instance was started and not stopped. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The HTTP requests to the provider's API. */
  get apiRequests(): readonly FakeRequest[] {
    return this.host.requests.filter((request) => !isForAudioFile(this.#scenario, request));
  }

  /** The plugin's ends of all sockets. */
  get sockets(): readonly FakeSocket[] {
    return [...this.accepted, ...this.dialled.map(({ other }) => other)];
  }

  /** Number of requests, handshakes, messages, events and pieces of audio that left the instance, and of closed sockets. */
  get effects(): number {
    const { requests, dials, events, streams } = this.host;
    const messages = this.sockets.reduce(
      (sum, { sent, closing }) => sum + sent.length + (closing ? 1 : 0),
      0,
    );
    const audio = streams.reduce((sum, { writes }) => sum + writes.length, 0);
    return requests.length + dials.length + events.length + messages + audio;
  }

  /** Starts the instance without advancing the clock. */
  async beginStart(signal: AbortSignal = notAborted()): Promise<void> {
    this.#isRunning = true;
    await this.provider.start(signal);
  }

  /** Starts the instance, with four times the daemon's time limit. @throws {AuditFailure} if it does not start. */
  async start(): Promise<void> {
    mustBeFulfilled(await this.outcome(this.beginStart(), LENIENT_START_MS), 'start');
  }

  /** @throws {AuditFailure} if the instance does not stop in time. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    mustBeFulfilled(await this.outcome(this.provider.stop(notAborted()), STOP_MS), 'stop');
  }

  /** Plays steps one after another. Never rejects. */
  play(steps: readonly Step[]): Promise<void> {
    return this.#player.play(steps);
  }

  /**
   * Plays another complete call and forgets what was recorded of it. Returns the sockets and media streams that the plugin
   * received, which are garbage if neither the plugin nor the caller keeps them.
   */
  async playOther(number: number): Promise<readonly object[]> {
    const { host, provider } = this;
    const scenario = withCallId(this.#scenario, otherId(this.#scenario.call.id, number));
    this.#current = scenario;
    const player = new ScenarioPlayer(scenario, host, provider, undefined);
    await player.play(allSteps(scenario));
    const received = [...player.accepted, ...player.dialled.map(({ other }) => other), ...host.streams];
    host.forget();
    return received;
  }

  /** Begins to play steps, and continues until everything waits for time or for the provider. */
  async begin(steps: readonly Step[]): Promise<void> {
    if (steps.length === 0) return;
    void this.play(steps);
    await this.host.clock.settle();
  }

  /** Sends a request and waits for the response, as long as the daemon would. */
  deliver(sample: Sample): Promise<Delivery> {
    return this.#player.deliver(sample);
  }

  /** Sends a message to the plugin on every open socket. */
  sendToAll(message: string | Uint8Array): Promise<void> {
    return this.#player.sendToAll(message);
  }

  /** Sends a message on the last open socket of a kind, without letting anything else happen. */
  sendQuickly(from: 'accepted' | 'dialled', message: string | Uint8Array): Promise<void> {
    return this.#player.sendQuickly(from, message);
  }

  /** Creates the request of a sample without sending it. */
  requestOf(sample: Sample, signal?: AbortSignal): IngressRequest {
    return this.#player.requestOf(sample, signal);
  }

  /** Returns the call of the scenario as it is passed to a control. */
  call(status: ControlledCall['status'] = 'IN_PROGRESS'): ControlledCall {
    return createControlledCall(this.#scenario.call.id, { status });
  }

  /** Creates the context of a new command. */
  commandContext(signal: AbortSignal = notAborted()): CommandContext {
    return { commandId: `cmd_audit${++this.#commands}` as CommandId, signal };
  }

  /** Returns the state of a promise after at most `limitMs` of fake time. Never rejects. */
  outcome<Value>(promise: Promise<Value>, limitMs: number): Promise<Outcome<Value>> {
    return outcomeWithin(this.host.clock, promise, limitMs);
  }

  /** Starts a task while the provider hangs, aborts it, and returns its state shortly after. */
  async abortedOutcome<Value>(
    begin: (signal: AbortSignal) => Promise<Value> | undefined,
  ): Promise<Outcome<unknown>> {
    this.api = 'hangs';
    const abort = new AbortController();
    const running = Promise.resolve(begin(abort.signal));
    // It may reject before its outcome is awaited.
    running.catch(() => undefined);
    await this.host.clock.settle();
    abort.abort();
    return this.outcome(running, ABORT_MS);
  }
}

/** Returns the provider's id of the scenario's call. */
export const callIdOf = ({ call }: Scenario): ProviderCallId => providerCallId(call.id);
