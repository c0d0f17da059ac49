/**
 * Paces the deliveries of subscriptions. A delivery of a client that has used up its budget waits, in order, until the budget
 * has recovered. All clients share the fields of one turn of the event loop and take turns, so that many deliveries are spread
 * over many turns. A delivery within these limits starts at once, without a promise or a timer.
 */
import { FaultError, type Clock } from '@sidetone/core';
import { ClientBudget, TURN_COST } from './client-budget.ts';

/** How long a subscription may be behind because its client is in debt, ms. */
export const MAX_DEBT_MS = 10_000;
/** The time between two subscriptions of one client that are ended because of its debt, ms. */
export const END_INTERVAL_MS = 1000;

export interface DeliveryBudgetDeps {
  readonly clock: Pick<Clock, 'elapsed' | 'schedule'>;
  /** `limits.subscriptionCostPerSecond`. */
  readonly costPerSecond: number;
  /** Called when a subscription was ended. */
  readonly onEnd: (client: string) => void;
  /** Runs a task in the next turn of the event loop. Default: `setImmediate`. */
  readonly nextTurn?: (task: () => void) => void;
}

interface Waiting {
  readonly cost: number;
  /** The debt of the client at which the subscription ends. */
  readonly maxDebtMs: number;
  readonly start: () => void;
  readonly reject: (fault: FaultError) => void;
}

interface Client {
  readonly name: string;
  readonly budget: ClientBudget;
  readonly waiting: Set<Waiting>;
  subscriptions: number;
  /** The total debt from which on the next subscription may be ended. */
  nextEndMs: number;
  /** Set while deliveries wait for the budget. */
  cancelTimer: (() => void) | undefined;
  cancelRemoval: (() => void) | undefined;
}

/** The deliveries of one subscription, of which at most one is in progress. */
export interface DeliveryMeter {
  /** The total time for which the client was in debt, ms. */
  readonly debtMs: number;
  /**
   * Returns undefined if a delivery of this expected cost has started, otherwise a promise that resolves when it has. It
   * rejects with LIMIT_SUBSCRIPTION_COST if the subscription is ended.
   * @param maxDebtMs the value of `debtMs` at which the subscription may be ended.
   */
  start(cost: number, maxDebtMs: number): Promise<void> | undefined;
  /**
   * Charges the actual cost of the delivery in progress instead of the expected one.
   * @param work the part of it that was work in this turn. Default: all of it.
   */
  finish(cost: number, work?: number): void;
  /** Resolves a delivery that waits. */
  close(): void;
}

export class DeliveryBudget {
  readonly #deps: DeliveryBudgetDeps;
  readonly #nextTurn: (task: () => void) => void;
  readonly #clients = new Map<string, Client>();
  /** The clients with waiting deliveries; the one that waits longest for its turn is first. */
  readonly #queue = new Set<Client>();
  #turn = 0;
  #turnCost = 0;
  #hasNextTurn = false;
  #delayed = 0;
  #ended = 0;

  constructor(deps: DeliveryBudgetDeps) {
    this.#deps = deps;
    this.#nextTurn = deps.nextTurn ?? setImmediate;
  }

  /** The number of deliveries that did not start at once. */
  get delayed(): number {
    return this.#delayed;
  }

  /** The number of subscriptions that were ended. */
  get ended(): number {
    return this.#ended;
  }

  /** The number of clients with subscriptions or debt. */
  get clients(): number {
    return this.#clients.size;
  }

  /** Starts the account of a subscription. */
  open(name: string): DeliveryMeter {
    const client = this.#clientNamed(name);
    client.subscriptions++;
    let inProgress: number | undefined;
    let startedInTurn = 0;
    let waiting: Waiting | undefined;
    let isOpen = true;
    const begin = (cost: number): void => {
      waiting = undefined;
      inProgress = cost;
      startedInTurn = this.#turn;
      client.budget.start(cost);
      this.#turnCost += cost;
      this.#scheduleTurn();
    };
    const finish = (cost: number, work = cost): void => {
      if (inProgress === undefined) return;
      client.budget.finish(inProgress, cost);
      if (startedInTurn === this.#turn) this.#turnCost += work - inProgress;
      inProgress = undefined;
      if (client.waiting.size > 0) this.#scheduleTurn();
    };
    return {
      get debtMs() {
        return client.budget.debtMs;
      },
      start: (cost, maxDebtMs) => {
        if (client.waiting.size === 0 && this.#canStart(client, cost)) {
          begin(cost);
          return undefined;
        }
        this.#delayed++;
        return new Promise<void>((resolve, reject) => {
          const start = (): void => {
            if (isOpen) begin(cost);
            resolve();
          };
          waiting = { cost, maxDebtMs, start, reject };
          client.waiting.add(waiting);
          this.#queue.add(client);
          this.#scheduleTurn();
        });
      },
      finish,
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        finish(inProgress ?? 0);
        if (waiting) client.waiting.delete(waiting);
        waiting?.start();
        this.#closeSubscription(client);
      },
    };
  }

  #clientNamed(name: string): Client {
    const { clock, costPerSecond } = this.#deps;
    const known = this.#clients.get(name);
    if (known) return known;
    const client: Client = {
      name,
      budget: new ClientBudget(costPerSecond, clock.elapsed()),
      waiting: new Set(),
      subscriptions: 0,
      nextEndMs: 0,
      cancelTimer: undefined,
      cancelRemoval: undefined,
    };
    this.#clients.set(name, client);
    return client;
  }

  /** A client is remembered until its budget has recovered, so subscribing again does not cancel a debt. */
  #closeSubscription(client: Client): void {
    if (--client.subscriptions > 0) return;
    client.budget.update(this.#deps.clock.elapsed());
    client.cancelRemoval?.();
    client.cancelRemoval = this.#deps.clock.schedule(Math.ceil(client.budget.fullInMs), () => {
      if (client.subscriptions === 0) this.#clients.delete(client.name);
    });
  }

  #canStart({ budget }: Client, cost: number): boolean {
    budget.update(this.#deps.clock.elapsed());
    return !budget.isInDebt && budget.hasRoomFor(cost) && this.#turnCost < TURN_COST;
  }

  #scheduleTurn(): void {
    if (this.#hasNextTurn) return;
    this.#hasNextTurn = true;
    this.#nextTurn(() => {
      this.#hasNextTurn = false;
      this.#turn++;
      this.#turnCost = 0;
      this.#startWaiting();
    });
  }

  /** Starts a delivery of each client in turn: a client that was moved to the end is visited again. */
  #startWaiting(): void {
    for (const client of this.#queue) {
      const [next] = client.waiting;
      if (next && this.#canStart(client, next.cost)) {
        client.waiting.delete(next);
        next.start();
        this.#queue.delete(client);
        this.#queue.add(client);
      } else if (!next) this.#queue.delete(client);
      else if (client.budget.isInDebt) this.#waitForBudget(client);
    }
  }

  #waitForBudget(client: Client): void {
    this.#endCostliest(client);
    const delayMs = Math.min(Math.ceil(client.budget.repaidInMs), END_INTERVAL_MS);
    client.cancelTimer ??= this.#deps.clock.schedule(delayMs, () => {
      client.cancelTimer = undefined;
      this.#scheduleTurn();
    });
  }

  /** Ends the costliest of the subscriptions that have been behind for too long. The others may keep up without it. */
  #endCostliest(client: Client): void {
    const { debtMs } = client.budget;
    if (debtMs < client.nextEndMs) return;
    let costliest: Waiting | undefined;
    for (const waiting of client.waiting) {
      if (waiting.maxDebtMs <= debtMs && waiting.cost > (costliest?.cost ?? -1)) costliest = waiting;
    }
    if (!costliest) return;
    client.nextEndMs = debtMs + END_INTERVAL_MS;
    client.waiting.delete(costliest);
    this.#ended++;
    this.#deps.onEnd(client.name);
    const maximum = this.#deps.costPerSecond;
    const message = `subscriptions of this client exceed limits.subscriptionCostPerSecond (${maximum} fields), and this one is ${MAX_DEBT_MS / 1000} s behind`;
    const details = { limit: 'limits.subscriptionCostPerSecond', maximum };
    costliest.reject(new FaultError('LIMIT_SUBSCRIPTION_COST', message, { details }));
  }
}
