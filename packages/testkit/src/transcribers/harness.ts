/** Runs one instance of a transcriber on a fake host, with a simulated service. */
import { FaultError, type Transcriber } from '@sidetone/core';
import { LENIENT_START_MS, STOP_MS } from '../checks/deadlines.ts';
import { mustBeFulfilled, outcomeWithin, type Outcome } from '../checks/outcome.ts';
import { readOptions } from '../checks/plugin-checks.ts';
import { connectionFailure, NEVER, type FakeReply, type FakeRequest } from '../fakes/fake-fetch.ts';
import type { FakeDial, FakeService } from '../fakes/fake-dial.ts';
import { createFakeHost, type FakeHost } from '../fakes/fake-host.ts';
import type { FakeSocket } from '../fakes/fake-socket.ts';
import { openSpokenCall, type SpokenCall, type SpokenCallOptions } from '../speech/spoken-call.ts';
import type { ServiceRefusal, TranscriberScenario, TranscriberSubject } from './scenario.ts';
import { notAborted } from '../fakes/not-aborted.ts';

/**
 * How the service behaves: `silent` accepts sockets but sends nothing, `rejects` rejects the credentials, and `busy` rejects
 * sockets temporarily.
 */
export type ServiceBehaviour = 'serves' | 'silent' | 'rejects' | 'busy' | 'hangs' | 'unreachable';

/** Creates an instance without starting it. */
export async function createTranscriberHarness(subject: TranscriberSubject): Promise<TranscriberHarness> {
  const host = createFakeHost();
  const transcriber = subject.plugin.create(await readOptions(subject), host);
  return new TranscriberHarness(subject.scenario, host, transcriber);
}

/** An instance, and everything that happened to it. */
export class TranscriberHarness {
  readonly host: FakeHost;
  readonly transcriber: Transcriber;
  /** All calls that were opened. */
  readonly calls: SpokenCall[] = [];
  service: ServiceBehaviour = 'serves';
  readonly #scenario: TranscriberScenario;
  #isRunning = false;

  constructor(scenario: TranscriberScenario, host: FakeHost, transcriber: Transcriber) {
    this.#scenario = scenario;
    this.host = host;
    this.transcriber = transcriber;
    host.respond('*', /^/, (request) => this.#reply(request));
    host.answerDials((dial) => this.#answerDial(dial));
  }

  /** Whether the instance was started and not stopped. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The service's ends of the sockets. */
  get sockets(): readonly FakeSocket[] {
    return this.host.dials.flatMap(({ peer }) => peer ?? []);
  }

  /** Starts the instance without advancing the clock. */
  async beginStart(): Promise<void> {
    this.#isRunning = true;
    await this.transcriber.start(notAborted());
  }

  /** @throws {AuditFailure} if the instance does not start. */
  async start(): Promise<void> {
    mustBeFulfilled(await this.outcome(this.beginStart(), LENIENT_START_MS), 'start');
  }

  /** @throws {AuditFailure} if the instance does not stop in time. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    mustBeFulfilled(await this.outcome(this.transcriber.stop(notAborted()), STOP_MS), 'stop');
  }

  /** Opens a call. */
  open(options?: SpokenCallOptions): SpokenCall {
    const call = openSpokenCall(this.host.clock, this.transcriber, options);
    this.calls.push(call);
    return call;
  }

  /** Breaks all open connections. */
  disconnect(): void {
    for (const socket of this.sockets) if (!socket.closing) socket.cut();
  }

  /** Returns the state of a promise after at most `limitMs` of fake time. Never rejects. */
  outcome<Value>(promise: Promise<Value>, limitMs: number): Promise<Outcome<Value>> {
    return outcomeWithin(this.host.clock, promise, limitMs);
  }

  #reply(request: FakeRequest): FakeReply | Promise<FakeReply> {
    if (this.service === 'hangs') return NEVER(request);
    if (this.service === 'unreachable') throw connectionFailure('ECONNREFUSED');
    if (this.service === 'rejects') return { status: 401 };
    return this.#scenario.api?.(request) ?? { status: 404 };
  }

  #answerDial(dial: FakeDial): FakeService | Promise<void> {
    const { refusal = { status: 401 }, busy = { status: 503 }, serve } = this.#scenario;
    if (this.service === 'rejects') throw refusalFault(refusal);
    if (this.service === 'busy') throw refusalFault(busy);
    if (this.service === 'unreachable') throw new FaultError('PROVIDER_UNREACHABLE', 'connection refused');
    if (this.service === 'hangs') return new Promise(() => undefined);
    if (this.service === 'silent') return (peer) => peer.onMessage(() => undefined);
    return (peer) => serve(peer, dial);
  }
}

function refusalFault({ status, body }: ServiceRefusal): FaultError {
  const details = { status, ...(body !== undefined && { body }) };
  return new FaultError('PROVIDER_REFUSED', `the handshake was rejected with status ${status}`, { details });
}
