/**
 * Plays the provider's side of a scenario against an instance: requests, WebSockets and messages. Playing never rejects.
 * Errors are recorded, and the audit that is about them reads them there.
 */
import {
  FaultError,
  messageOf,
  type IngressRequest,
  type IngressResponse,
  type Provider,
} from '@sidetone/core';
import { REQUEST_MS } from '../checks/deadlines.ts';
import { outcomeWithin, type Outcome } from '../checks/outcome.ts';
import { createIngressRequest } from '../fakes/contract-values.ts';
import type { FakeHost } from '../fakes/fake-host.ts';
import { createFakeSocket, type FakeSocket } from '../fakes/fake-socket.ts';
import { piecesOf, statesEffects, type StepEffects } from './step-effects.ts';
import { audioSince, positionsOf, type ReceivedAudio } from './received-audio.ts';
import type { CloseStep, ExpectedAudio, Sample, Scenario, ScenarioState, Step } from './scenario.ts';
import { notAborted } from '../fakes/not-aborted.ts';

/** Delay of a redelivery, in ms. */
const REDELIVERY_MS = 3000;

/** A request that was sent to the plugin. */
export interface Delivery {
  readonly request: IngressRequest;
  readonly outcome: Outcome<IngressResponse>;
  /** Number of events that were emitted after the response, without a request to the provider in between. */
  readonly lateEvents: number;
}

/**
 * Whether requests with `redeliver` are sent twice. `wait` only lets the same time pass, for comparison. `repeat` sends
 * messages with `again` twice, and `twice` sends each request again at once, whatever the scenario states.
 */
export type Redelivery = 'play' | 'wait' | 'repeat' | 'twice';

export class ScenarioPlayer {
  /** All requests, in order. */
  readonly deliveries: Delivery[] = [];
  /** The audio of each message, in order. */
  readonly receivedAudio: ReceivedAudio[] = [];
  /** The effects of each step that states any. */
  readonly stepEffects: StepEffects[] = [];
  /** Exceptions of listeners, rejected sockets and steps that could not be played. */
  readonly errors: string[] = [];
  readonly #scenario: Scenario;
  readonly #host: FakeHost;
  readonly #provider: Provider;
  readonly #redelivery: Redelivery | undefined;
  #steps = 0;
  readonly #ingressSockets: { readonly socket: FakeSocket; readonly peer: FakeSocket }[] = [];

  constructor(scenario: Scenario, host: FakeHost, provider: Provider, redelivery: Redelivery | undefined) {
    this.#scenario = scenario;
    this.#host = host;
    this.#provider = provider;
    this.#redelivery = redelivery;
  }

  /** The plugin's ends of the sockets that the provider opened. */
  get accepted(): readonly FakeSocket[] {
    return this.#ingressSockets.map(({ socket }) => socket);
  }

  /** The provider's ends of the sockets that the plugin opened. */
  get dialled(): readonly FakeSocket[] {
    return this.#host.dials.flatMap(({ peer }) => peer ?? []);
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      const number = ++this.#steps;
      const effectsOf = statesEffects(step) ? this.#observe() : undefined;
      await this.#playStep(step).catch((error: unknown) => {
        this.errors.push(`a step could not be played: ${messageOf(error)}`);
      });
      if (effectsOf) this.stepEffects.push({ number, expected: step, ...effectsOf() });
    }
  }

  /** Returns a function that returns what has happened since. */
  #observe(): () => Omit<StepEffects, 'number' | 'expected'> {
    const { events, requests, streams } = this.#host;
    const before = { events: events.length, requests: requests.length };
    const sentBefore = new Map(this.#own().map((socket) => [socket, socket.sent.length]));
    const positions = positionsOf(streams);
    return () => ({
      events: events.slice(before.events),
      requests: requests.slice(before.requests),
      sent: this.#own().flatMap((socket) => socket.sent.slice(sentBefore.get(socket) ?? 0)),
      audio: streams.flatMap((stream, i) => piecesOf(stream, positions[i]?.writes ?? 0)),
    });
  }

  /** Sends a request and waits for the response, as long as the daemon would. */
  async deliver(sample: Sample): Promise<Delivery> {
    const host = this.#host;
    const request = this.requestOf(sample);
    const sentCount = (): number => host.requests.length + host.dials.length;
    let eventsAtResponse = 0;
    let sentAtResponse = 0;
    const response = this.#respond(request).finally(() => {
      eventsAtResponse = host.events.length;
      sentAtResponse = sentCount();
    });
    const outcome = await outcomeWithin(host.clock, response, REQUEST_MS);
    const isComplete = outcome.state !== 'pending' && sentCount() === sentAtResponse;
    const lateEvents = isComplete ? host.events.length - eventsAtResponse : 0;
    const delivery = { request, outcome, lateEvents };
    this.deliveries.push(delivery);
    return delivery;
  }

  /** Creates the request of a sample without sending it. */
  requestOf(sample: Sample, signal: AbortSignal = notAborted()): IngressRequest {
    const host = this.#host;
    const state: ScenarioState = {
      responses: this.deliveries.flatMap(({ outcome }) =>
        outcome.state === 'fulfilled' ? [outcome.value] : [],
      ),
      requests: host.requests,
      publicUrl: (path) => host.publicUrl(path),
      now: host.clock.now(),
    };
    const options = typeof sample === 'function' ? sample(state) : sample;
    return createIngressRequest({ receivedAt: host.clock.now(), signal, ...options });
  }

  /** Sends a message to the plugin on every open socket. */
  async sendToAll(message: string | Uint8Array): Promise<void> {
    for (const peer of this.#peers().filter(isOpen)) await this.#send(peer, message);
  }

  /** Sends a message on the last open socket that the provider accepted or opened, without letting anything else happen. */
  async sendQuickly(from: 'accepted' | 'dialled', message: string | Uint8Array): Promise<void> {
    const peers = from === 'dialled' ? this.dialled : this.#ingressSockets.map(({ peer }) => peer);
    await peers
      .findLast(isOpen)
      ?.send(message)
      .catch(() => undefined);
  }

  async #playStep(step: Step): Promise<void> {
    const { clock } = this.#host;
    if ('request' in step) {
      await this.deliver(step.request);
      if (this.#redelivery === 'twice') return void (await this.deliver(step.request));
      if (step.redeliver === undefined || !['play', 'wait'].includes(this.#redelivery ?? '')) return;
      await clock.advance(REDELIVERY_MS);
      const again = step.redeliver === true ? step.request : step.redeliver;
      if (this.#redelivery === 'play') await this.deliver(again);
    } else if ('connect' in step) await this.#connect(step.connect);
    else if ('message' in step) {
      await this.#sendAudio(chosen(this.#opened, step.socket), step.message, step);
    } else if ('dialled' in step)
      await this.#sendAudio(chosen(this.dialled, step.socket), step.dialled, step);
    else if ('cut' in step) for (const peer of this.#peers()) peer.cut();
    else if ('close' in step) for (const peer of this.#closedBy(step)) peer.close(step.close);
    else if ('wait' in step) await clock.advance(step.wait);
    else this.#host.setDemand(step.demand, this.#scenario.call.id, true);
    await clock.settle();
  }

  async #respond(request: IngressRequest): Promise<IngressResponse> {
    const { ingress } = this.#provider;
    if (!ingress?.request) throw new FaultError('WIRE_MALFORMED', 'the provider does not accept requests');
    const { body: _body, signal: _signal, ...head } = request;
    const admission = ingress.admitRequest?.(head) ?? { admit: true };
    return admission.admit ? ingress.request(request) : { status: admission.status };
  }

  async #connect(sample: Sample): Promise<void> {
    const request = { ...this.requestOf(sample), method: 'GET' };
    const { ingress } = this.#provider;
    const admission = ingress?.admitSocket?.(request) ?? { admit: ingress?.socket !== undefined };
    if (!admission.admit) return void this.errors.push(`the socket ${request.path} was rejected`);
    const pair = createFakeSocket();
    this.#ingressSockets.push(pair);
    ingress?.socket?.(request, pair.socket);
    await this.#host.clock.settle();
  }

  async #send(peer: FakeSocket | undefined, message: string | Uint8Array): Promise<void> {
    if (!peer) return void this.errors.push('there is no open socket for a message');
    await peer.send(message).catch((error: unknown) => {
      this.errors.push(`the listener of a socket threw: ${messageOf(error)}`);
    });
    await this.#host.clock.settle();
  }

  async #sendAudio(
    peer: FakeSocket | undefined,
    message: string | Uint8Array,
    expected: ExpectedAudio & { readonly again?: true },
  ): Promise<void> {
    const { streams } = this.#host;
    const before = positionsOf(streams);
    await this.#send(peer, message);
    if (expected.again && this.#redelivery === 'repeat') await this.#send(peer, message);
    this.receivedAudio.push(audioSince(streams, before, expected));
  }

  /** The provider's ends of the sockets that it opened. */
  get #opened(): readonly FakeSocket[] {
    return this.#ingressSockets.map(({ peer }) => peer);
  }

  #closedBy({ socket, dial }: CloseStep): readonly FakeSocket[] {
    if (socket === undefined && dial === undefined) return this.#peers();
    const peer = socket === undefined ? chosen(this.dialled, dial) : chosen(this.#opened, socket);
    return peer ? [peer] : [];
  }

  /** The plugin's ends of all sockets. */
  #own(): readonly FakeSocket[] {
    return [...this.dialled.map(({ other }) => other), ...this.accepted];
  }

  /** The provider's ends of all sockets. */
  #peers(): readonly FakeSocket[] {
    return [...this.dialled, ...this.#opened];
  }
}

/** Returns the socket with a number, or the last one, if it is open. */
const chosen = (sockets: readonly FakeSocket[], number: number | undefined): FakeSocket | undefined =>
  number === undefined ? sockets.findLast(isOpen) : sockets.slice(number - 1, number).find(isOpen);

const isOpen = (socket: FakeSocket): boolean => socket.closing === undefined;
