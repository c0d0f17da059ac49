/** One instance of a transcriber on a fake host of its own, with the service played around it. */
import { FaultError, messageOf, type Transcriber } from '@sidetone/core';
import { readOptions } from '../checks/read-options.ts';
import { PATIENT_START_MS, STOP_MS } from '../checks/bounds.ts';
import { outcomeWithin, type Outcome } from '../checks/patience.ts';
import { AuditFailure } from '../conformance/verdict.ts';
import { connectionFailure, NEVER, type FakeReply, type FakeRequest } from '../fakes/fake-fetch.ts';
import { createFakeHost, type FakeDial, type FakeHost, type FakeService } from '../fakes/fake-host.ts';
import type { FakeSocket } from '../fakes/fake-socket.ts';
import { openSpokenCall, type SpokenCall, type SpokenCallOptions } from '../speech/spoken-call.ts';
import type { ServiceRefusal, TranscriberSubject } from './scenario.ts';

/** How the service is doing: a silent one takes every socket, and tells nothing on it. */
export type ServiceMood = 'serves' | 'silent' | 'refuses' | 'busy' | 'unanswered' | 'unreachable';

const NOT_ABORTED = new AbortController().signal;

/** An instance, and everything that happened to it. */
export interface TranscriberStage {
  readonly host: FakeHost;
  readonly transcriber: Transcriber;
  /** How the service answers from now on. */
  mood: ServiceMood;
  /** Whether it was started and not stopped. */
  readonly isRunning: boolean;
  /** The service's ends of the sockets. */
  readonly sockets: readonly FakeSocket[];
  /** Every call that was opened. */
  readonly calls: readonly SpokenCall[];
  /** Starts it, and leaves the waiting to the caller. */
  begin(): Promise<void>;
  /** @throws {AuditFailure} when it does not start, or does not stop in time. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Opens a call. */
  open(options?: SpokenCallOptions): SpokenCall;
  /** Breaks every connection that is open. */
  cut(): void;
  /** What becomes of a promise while up to `boundMs` of fake time pass. Never rejects. */
  outcome<Value>(promise: Promise<Value>, boundMs: number): Promise<Outcome<Value>>;
}

/** An instance that is made and not started. */
export async function createTranscriberStage(subject: TranscriberSubject): Promise<TranscriberStage> {
  const { plugin, scenario } = subject;
  const host = createFakeHost();
  const transcriber = plugin.create(await readOptions(subject), host);
  const calls: SpokenCall[] = [];
  let isRunning = false;

  host.respond('*', /^/, (request) => reply(request));
  host.answerDials((dial) => answer(dial));

  function reply(request: FakeRequest): FakeReply | Promise<FakeReply> {
    if (stage.mood === 'unanswered') return NEVER(request);
    if (stage.mood === 'unreachable') throw connectionFailure('ECONNREFUSED');
    if (stage.mood === 'refuses') return { status: 401 };
    return scenario.api?.(request) ?? { status: 404 };
  }

  function refuse({ status, body }: ServiceRefusal): never {
    const details = { status, ...(body !== undefined && { body }) };
    throw new FaultError('PROVIDER_REFUSED', `the socket was refused with status ${status}`, { details });
  }

  function answer(dial: FakeDial): FakeService | Promise<void> {
    if (stage.mood === 'refuses') refuse(scenario.refusal ?? { status: 401 });
    if (stage.mood === 'busy') refuse(scenario.busy ?? { status: 503 });
    if (stage.mood === 'unreachable') throw new FaultError('PROVIDER_UNREACHABLE', 'there is no way to it');
    if (stage.mood === 'unanswered') return new Promise(() => undefined);
    if (stage.mood === 'silent') return (peer) => peer.onMessage(() => undefined);
    return (peer) => scenario.serve(peer, dial);
  }

  const stage: TranscriberStage = {
    host,
    transcriber,
    mood: 'serves',
    calls,
    get isRunning() {
      return isRunning;
    },
    get sockets() {
      return host.dials.flatMap(({ peer }) => peer ?? []);
    },
    async begin() {
      isRunning = true;
      await transcriber.start(NOT_ABORTED);
    },
    async start() {
      mustSettle(await outcomeWithin(host.clock, stage.begin(), PATIENT_START_MS), 'start');
    },
    async stop() {
      isRunning = false;
      mustSettle(await outcomeWithin(host.clock, transcriber.stop(NOT_ABORTED), STOP_MS), 'stop');
    },
    open(options) {
      const call = openSpokenCall(host.clock, transcriber, options);
      calls.push(call);
      return call;
    },
    cut() {
      for (const socket of stage.sockets) if (!socket.closing) socket.cut();
    },
    outcome: (promise, boundMs) => outcomeWithin(host.clock, promise, boundMs),
  };
  return stage;
}

function mustSettle(outcome: Outcome<unknown>, what: string): void {
  if (outcome.state === 'pending') throw new AuditFailure(`${what} did not settle in time`);
  if (outcome.state === 'rejected') throw new AuditFailure(`${what} rejected: ${messageOf(outcome.error)}`);
}
