/**
 * One instance of the plugin on a fake host of its own, with the provider played around it. Playing never throws: what
 * went wrong is written down, and the audit that is about it reads it there.
 */
import {
  FaultError,
  messageOf,
  providerCallId,
  type CommandContext,
  type CommandId,
  type ControlledCall,
  type IngressRequest,
  type IngressResponse,
  type Provider,
} from '@sidetone/core';
import { createFakeHost, type FakeHost, type FakeHostOptions } from '../fakes/fake-host.ts';
import { createFakeSocket, type FakeSocket } from '../fakes/fake-socket.ts';
import { createControlledCall, createIngressRequest } from '../fakes/ingress-request.ts';
import { ABORT_MS, PATIENT_START_MS, REQUEST_MS, STOP_MS } from '../checks/bounds.ts';
import { answerDial, isForSound, replyTo, type ApiState } from './fake-api.ts';
import { heardSince, marksOf, type Heard } from './hearing.ts';
import { AuditFailure } from '../conformance/verdict.ts';
import { outcomeWithin, type Outcome } from '../checks/patience.ts';
import { readOptions } from '../checks/read-options.ts';
import type { Hearing, Sample, Scenario, Step, Subject, Told } from './scenario.ts';

/** Between a delivery and its repetition, ms. */
const AGAIN_AFTER_MS = 3000;

/** A request that was sent to the plugin. */
export interface Delivery {
  readonly request: IngressRequest;
  readonly outcome: Outcome<IngressResponse>;
  /** How many events came after the answer although nothing had been asked in between. */
  readonly lateEvents: number;
}

/** With the clock and the state of another instance it is the same one after a restart. */
export interface StageOptions extends Pick<FakeHostOptions, 'clock' | 'state'> {
  /** Whether deliveries that may come twice do: `wait` leaves only the time for it. */
  readonly again?: 'play' | 'wait';
}

/** An instance, and everything that happened to it. */
export interface Stage extends ApiState {
  readonly host: FakeHost;
  readonly provider: Provider;
  /** Every request that was sent to it, in order. */
  readonly deliveries: readonly Delivery[];
  /** What each message on a socket brought, in order. */
  readonly hearings: readonly Heard[];
  /** What was thrown at the provider's face, or could not be played. */
  readonly mishaps: readonly string[];
  /** The plugin's ends of the sockets that the provider opened, and the provider's ends of those that it was dialled on. */
  readonly accepted: readonly FakeSocket[];
  readonly dialled: readonly FakeSocket[];
  /** Whether it was started and not stopped. */
  readonly isRunning: boolean;
  /** How often the provider was asked for something over HTTP. */
  readonly asked: number;
  /** Starts it, and leaves the waiting to the caller. */
  begin(signal?: AbortSignal): Promise<void>;
  /** Waits four times as long as the daemon. @throws {AuditFailure} when it does not start. */
  start(): Promise<void>;
  /** @throws {AuditFailure} when it does not stop in time. */
  stop(): Promise<void>;
  /** Plays steps one after another. Never rejects. */
  play(steps: readonly Step[]): Promise<void>;
  /** Sends a request, and waits for the answer as long as the daemon would. */
  deliver(sample: Sample): Promise<Delivery>;
  /** Sends a message to the plugin on every socket that is open. */
  sayToAll(message: string | Uint8Array): Promise<void>;
  /** Makes a request of a sample without sending it. */
  requestOf(sample: Sample, signal?: AbortSignal): IngressRequest;
  /** The call of the scenario as a control sees it. */
  call(status?: ControlledCall['status']): ControlledCall;
  /** A command of its own, that is not aborted unless by `signal`. */
  context(signal?: AbortSignal): CommandContext;
  /** What becomes of a promise while up to `boundMs` of fake time pass. Never rejects. */
  outcome<Value>(promise: Promise<Value>, boundMs: number): Promise<Outcome<Value>>;
  /** Begins something while nothing is answered, aborts it, and says what became of it at once. */
  abortedOutcome<Value>(
    begin: (signal: AbortSignal) => Promise<Value> | undefined,
  ): Promise<Outcome<unknown>>;
}

const NOT_ABORTED = new AbortController().signal;
/** An instance that is made and not started. */
export async function createStage(subject: Subject, options: StageOptions = {}): Promise<Stage> {
  const { plugin, scenario } = subject;
  const host = createFakeHost(options);
  const provider = plugin.create(await readOptions(subject), host);
  const deliveries: Delivery[] = [];
  const hearings: Heard[] = [];
  const mishaps: string[] = [];
  const ingressEnds: { readonly ours: FakeSocket; readonly theirs: FakeSocket }[] = [];
  let commands = 0;
  let isRunning = false;

  host.respond('*', /^/, (request) => replyTo(scenario, stage, request));
  host.answerDials(() => answerDial(stage));

  const peers = (): FakeSocket[] => host.dials.flatMap(({ peer }) => peer ?? []);
  const isOpen = (socket: FakeSocket): boolean => socket.closing === undefined;

  function requestOf(sample: Sample, signal: AbortSignal = NOT_ABORTED): IngressRequest {
    const told: Told = {
      answers: deliveries.flatMap(({ outcome }) => (outcome.state === 'fulfilled' ? [outcome.value] : [])),
      requests: host.requests,
      publicUrl: (path) => host.publicUrl(path),
      now: host.clock.now(),
    };
    const made = typeof sample === 'function' ? sample(told) : sample;
    return createIngressRequest({ receivedAt: host.clock.now(), signal, ...made });
  }

  async function deliver(sample: Sample): Promise<Delivery> {
    const request = requestOf(sample);
    let eventsAtAnswer = 0;
    let asksAtAnswer = 0;
    const answer = answerOf(request).finally(() => {
      eventsAtAnswer = host.events.length;
      asksAtAnswer = host.requests.length + host.dials.length;
    });
    const outcome = await outcomeWithin(host.clock, answer, REQUEST_MS);
    const askedSince = host.requests.length + host.dials.length > asksAtAnswer;
    const isLate = outcome.state !== 'pending' && !askedSince;
    const delivery = { request, outcome, lateEvents: isLate ? host.events.length - eventsAtAnswer : 0 };
    deliveries.push(delivery);
    return delivery;
  }

  async function answerOf(request: IngressRequest): Promise<IngressResponse> {
    if (!provider.ingress?.request) throw new FaultError('WIRE_MALFORMED', 'this provider takes no requests');
    return provider.ingress.request(request);
  }

  async function connect(sample: Sample): Promise<void> {
    const request = { ...requestOf(sample), method: 'GET' };
    const { ingress } = provider;
    const admission = ingress?.admitSocket?.(request) ?? { admit: ingress?.socket !== undefined };
    if (!admission.admit) return void mishaps.push(`the socket of ${request.path} was not admitted`);
    const { socket, peer } = createFakeSocket();
    ingressEnds.push({ ours: socket, theirs: peer });
    ingress?.socket?.(request, socket);
    await host.clock.settle();
  }

  async function say(peer: FakeSocket | undefined, message: string | Uint8Array): Promise<void> {
    if (!peer) return void mishaps.push('there is no open socket to send a message on');
    await peer.send(message).catch((error: unknown) => {
      mishaps.push(`a message made the listener throw: ${messageOf(error)}`);
    });
    await host.clock.settle();
  }

  async function hear(
    peer: FakeSocket | undefined,
    message: string | Uint8Array,
    expected: Hearing,
  ): Promise<void> {
    const before = marksOf(host.streams);
    await say(peer, message);
    hearings.push(heardSince(host.streams, before, expected));
  }

  async function playOne(step: Step): Promise<void> {
    if ('request' in step) {
      await deliver(step.request);
      if (step.again === undefined || options.again === undefined) return;
      await host.clock.advance(AGAIN_AFTER_MS);
      if (options.again === 'play') await deliver(step.again === true ? step.request : step.again);
    } else if ('connect' in step) await connect(step.connect);
    else if ('message' in step) {
      await hear(ingressEnds.findLast(({ theirs }) => isOpen(theirs))?.theirs, step.message, step);
    } else if ('dialled' in step) await hear(peers().findLast(isOpen), step.dialled, step);
    else if ('close' in step)
      for (const end of [...peers(), ...ingressEnds.map(({ theirs }) => theirs)]) end.close(step.close);
    else if ('wait' in step) await host.clock.advance(step.wait);
    else host.setDemand(step.demand, scenario.call.id, true);
    await host.clock.settle();
  }

  const stage: Stage = {
    host,
    provider,
    deliveries,
    hearings,
    mishaps,
    get accepted() {
      return ingressEnds.map(({ ours }) => ours);
    },
    get dialled() {
      return peers();
    },
    api: 'answers',
    callIsOver: false,
    get asked() {
      return host.requests.filter((request) => !isForSound(scenario, request)).length;
    },
    get isRunning() {
      return isRunning;
    },
    async begin(signal = NOT_ABORTED) {
      isRunning = true;
      await provider.start(signal);
    },
    async start() {
      mustSettle(await outcomeWithin(host.clock, stage.begin(), PATIENT_START_MS), 'start');
    },
    async stop() {
      isRunning = false;
      mustSettle(await outcomeWithin(host.clock, provider.stop(NOT_ABORTED), STOP_MS), 'stop');
    },
    async play(steps) {
      for (const step of steps) {
        await playOne(step).catch((error: unknown) => {
          mishaps.push(`a step could not be played: ${messageOf(error)}`);
        });
      }
    },
    deliver,
    async sayToAll(message) {
      const ends = [...peers(), ...ingressEnds.map(({ theirs }) => theirs)];
      for (const end of ends.filter(isOpen)) await say(end, message);
    },
    requestOf,
    call: (status = 'IN_PROGRESS') => createControlledCall(scenario.call.id, { status }),
    context: (signal = NOT_ABORTED) => ({ commandId: `cmd_audit${++commands}` as CommandId, signal }),
    outcome: (promise, boundMs) => outcomeWithin(host.clock, promise, boundMs),
    async abortedOutcome(begin) {
      stage.api = 'hangs';
      const abort = new AbortController();
      const running = Promise.resolve(begin(abort.signal));
      // It may be rejected before it is looked at.
      running.catch(() => undefined);
      await host.clock.settle();
      abort.abort();
      return outcomeWithin(host.clock, running, ABORT_MS);
    },
  };
  return stage;
}

function mustSettle(outcome: Outcome<unknown>, what: string): void {
  if (outcome.state === 'pending') throw new AuditFailure(`${what} did not settle in time`);
  if (outcome.state === 'rejected') throw new AuditFailure(`${what} rejected: ${messageOf(outcome.error)}`);
}

/** The steps of a whole life. */
export const wholeLife = ({ call }: Scenario): readonly Step[] => [
  ...call.toLive,
  ...call.live,
  ...call.toEnd,
];

/** The scenario's id of its call. */
export const callIdOf = ({ call }: Scenario) => providerCallId(call.id);
