/** What is measured of a set-up: for each unit of work, the CPU time of the daemons and of their servers, and how long it takes. */
import { setTimeout as wait } from 'node:timers/promises';
import { query } from '../../e2e/support/daemon.ts';
import { connect } from '../fanout/clients.ts';
import { request, type Program } from '../support/programs.ts';
import type { Running, Used } from './set-ups.ts';
import type { Sent, Target, Task } from './tasks.ts';
import { ageOf } from './vapi.ts';

/** What a unit of work costs: an event, a delivery, a command, or a second without work. */
export interface Cost {
  /** µs. */
  readonly daemonCpu: number;
  readonly postgresCpu: number;
  readonly natsCpu: number;
  /** Bytes of the write-ahead log. */
  readonly wal: number;
  readonly commits: number;
  /** Messages that NATS received. */
  readonly messages: number;
}

export interface Measured {
  readonly cost: Cost;
  readonly perSecond: number;
  /** ms. */
  readonly times: readonly number[];
}

export interface Load {
  readonly seconds: number;
  /** Webhooks a second. */
  readonly rate: number;
  readonly atOnce: number;
  readonly clients: number;
}

/** Where requests arrive: at the node that owns their call, or at another one. */
export const VIAS = ['owner', 'other'] as const;
export type Via = (typeof VIAS)[number];

const CALLS = 60;
/** Until the operations of all clients are subscribed, ms. */
const SETTLE_MS = 1000;
/** Of the events a second, one of so many is sent to subscribers. */
const EVENTS_PER_FAN_OUT = 4;
const ID = 'query ($call: String!) { callByProviderId(providerId: "vapi", providerCallId: $call) { id } }';
const subscriptionTo = (callId: string, after: string): string => `subscription {
  callEvents(callId: "${callId}", after: "${after}", types: [UTTERANCE_FINALIZED]) {
    cursor type at call { id status } ... on UtteranceFinalized { utterance { id party text startMs endMs } } } }`;

/** Measures one set-up, whose calls were not begun yet. */
export class Measurements {
  readonly #running: Running;
  readonly #sender: Program;
  readonly #load: Load;

  constructor(running: Running, sender: Program, load: Load) {
    this.#running = running;
    this.#sender = sender;
    this.#load = load;
  }

  /** The calls are spread over the nodes, which own those that they are sent first. */
  #targets(via: Via, count = CALLS): readonly Target[] {
    const { urls } = this.#running;
    const shift = via === 'owner' ? 0 : 1;
    return Array.from({ length: count }, (_, index) => ({
      call: `call-${index}`,
      url: urls[(index + shift) % urls.length]!,
    }));
  }

  /** Begins the calls. */
  async begin(): Promise<void> {
    await this.#send({ kind: 'begin', targets: this.#targets('owner') });
  }

  /** Sends as much as is answered until the code is compiled. */
  async warmUp(via: Via, seconds: number, withCommands: boolean): Promise<void> {
    const { atOnce } = this.#load;
    const targets = this.#targets(via);
    await this.#send({ kind: 'utterances', targets, seconds, atOnce });
    if (withCommands) await this.#send({ kind: 'commands', targets, seconds, atOnce: 4 });
  }

  /** The cost of a second. */
  async idle(): Promise<Measured> {
    const before = await this.#running.used();
    await wait(this.#load.seconds * 1000);
    return {
      cost: costOf(before, await this.#running.used(), this.#load.seconds),
      perSecond: 0,
      times: [],
    };
  }

  /** Events at even intervals. */
  steady(via: Via): Promise<Measured> {
    const { seconds, rate } = this.#load;
    return this.#measure({ kind: 'utterances', targets: this.#targets(via), seconds, rate });
  }

  /** As many events as are answered. */
  saturated(via: Via): Promise<Measured> {
    const { seconds, atOnce } = this.#load;
    return this.#measure({ kind: 'utterances', targets: this.#targets(via), seconds, atOnce });
  }

  /** Commands of one client, one after another. */
  commands(via: Via): Promise<Measured> {
    return this.#measure({
      kind: 'commands',
      targets: this.#targets(via),
      seconds: this.#load.seconds,
    });
  }

  /** Events of a new call, which arrive at its owner and are sent to clients of one node. */
  async fanOut(via: Via): Promise<Measured> {
    const { clients, seconds, rate } = this.#load;
    const { urls } = this.#running;
    const owner: Target = { call: `fan-out-${via}`, url: urls[0]! };
    const { latestCursor } = await query(owner.url, '{ latestCursor }');
    await this.#send({ kind: 'begin', targets: [owner] });
    const { callByProviderId } = await query(owner.url, ID, { call: owner.call });
    const times: number[] = [];
    const all = await connect(
      `${urls[via === 'owner' ? 0 : 1]!.replace(/^http/, 'ws')}graphql`,
      clients,
      // With the cursor, clients that are slow to subscribe miss nothing.
      () => subscriptionTo(callByProviderId.id as string, latestCursor as string),
      (message) => times.push(ageOf(message)),
    );
    await wait(Math.min(SETTLE_MS, seconds * 1000));
    const before = await this.#running.used();
    const pace = { seconds, rate: rate / EVENTS_PER_FAN_OUT };
    const sent = await this.#send({ kind: 'utterances', targets: [owner], ...pace });
    const deliveries = sent.done * clients;
    await all.until(deliveries);
    const cost = costOf(before, await this.#running.used(), deliveries);
    if (all.received !== deliveries) throw new Error(`received ${all.received} events of ${deliveries}`);
    all.close();
    return { cost, perSecond: deliveries / sent.seconds, times };
  }

  async #measure(task: Task): Promise<Measured> {
    const before = await this.#running.used();
    const { done, seconds, times } = await this.#send(task);
    return { cost: costOf(before, await this.#running.used(), done), perSecond: done / seconds, times };
  }

  async #send(task: Task): Promise<Sent> {
    const sent = await request<Sent>(this.#sender, task);
    if (Object.keys(sent.failures).length > 0)
      throw new Error(`unexpected answers to ${task.kind}: ${JSON.stringify(sent.failures)}`);
    return sent;
  }
}

const MICROSECONDS = 1e6;

function costOf(before: Used, after: Used, units: number): Cost {
  const per = (key: keyof Used, factor = 1): number => ((after[key] - before[key]) * factor) / units;
  return {
    daemonCpu: per('daemonCpu', MICROSECONDS),
    postgresCpu: per('postgresCpu', MICROSECONDS),
    natsCpu: per('natsCpu', MICROSECONDS),
    wal: per('wal'),
    commits: per('commits'),
    messages: per('messages'),
  };
}
