/**
 * What a provider instance receives: when the last webhook and the last event arrived, and which webhooks were rejected. It
 * reveals failures that otherwise look like a quiet day: a wrong webhook secret, a wrong URL, no URL at all.
 */
import { FAULTS, type Clock, type FaultCode, type Logger } from '@sidetone/core';
import { CountsBy } from '../../metrics/counts.ts';
import { SlidingCounter } from '../supervision/sliding-counter.ts';

/** This number of rejected webhooks within the window, with none accepted meanwhile, degrades the provider. */
export const MAX_REJECTED_WEBHOOKS = 3;
export const REJECTED_WINDOW_MS = 60_000;
/** How long rejected webhooks degrade the provider after the last one, unless one is accepted, ms. */
export const REJECTED_LIFETIME_MS = 60 * 60_000;
/** After how long without a webhook since the start a notice is shown, ms. */
export const SILENCE_MS = 10 * 60_000;

/** A webhook is rejected if its sender has to change something, and failed if the provider may retry it. */
export type WebhookResult = 'accepted' | 'rejected' | 'failed';

export interface RejectedWebhook {
  readonly code: FaultCode;
  readonly reason: string;
  /** Epoch ms. */
  readonly at: number;
}

/** The numbers and times since the daemon started. */
export interface TrafficView {
  /** Number of webhooks that were rejected. */
  readonly rejectedWebhooks: number;
  readonly lastRejectedWebhook: RejectedWebhook | undefined;
  /** When the last webhook was accepted, epoch ms. */
  readonly lastWebhookAt: number | undefined;
  /** When the last event was accepted, epoch ms. */
  readonly lastEventAt: number | undefined;
}

/** The traffic of a provider that is not configured. */
export const NO_TRAFFIC: TrafficView = {
  rejectedWebhooks: 0,
  lastRejectedWebhook: undefined,
  lastWebhookAt: undefined,
  lastEventAt: undefined,
};

interface ProviderTrafficDeps {
  readonly clock: Pick<Clock, 'now' | 'elapsed' | 'schedule'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

interface Rejections {
  /** Number since the last accepted webhook. */
  readonly count: number;
  /** When the first of them arrived, epoch ms. */
  readonly since: number;
}

const nothing = (): void => undefined;

export class ProviderTraffic implements TrafficView {
  readonly #deps: ProviderTrafficDeps;
  readonly #startedAt: number;
  #recent: SlidingCounter;
  #rejections: Rejections | undefined;
  #lastRejectedElapsed: number | undefined;
  #isBlocked = false;
  /** When that changed last, epoch ms. */
  #blockedChangedAt = 0;
  #cancelSilence = nothing;
  /** The webhooks since the start by result; the code is empty if one was accepted. */
  readonly webhooks = new CountsBy<[result: WebhookResult, code: FaultCode | '']>();
  /** The events that were dropped since the start, by the limit that was reached, or PLUGIN_EVENT_INVALID. */
  readonly droppedEvents = new CountsBy<[reason: string]>();
  rejectedWebhooks = 0;
  lastRejectedWebhook: RejectedWebhook | undefined;
  lastWebhookAt: number | undefined;
  lastEventAt: number | undefined;

  constructor(deps: ProviderTrafficDeps) {
    this.#deps = deps;
    this.#startedAt = deps.clock.elapsed();
    this.#recent = this.#counter();
  }

  /** Logs if no webhook arrives for {@link SILENCE_MS}. `urls` are the addresses that the provider should send them to. */
  expectWebhooks(urls: () => readonly string[]): void {
    this.#cancelSilence = this.#deps.clock.schedule(SILENCE_MS, () => {
      if (this.isSilent) this.#deps.log.warn('no webhook received since the start', { urls: urls() });
    });
  }

  close(): void {
    this.#cancelSilence();
  }

  webhookAccepted(): void {
    this.webhooks.add(1, 'accepted', '');
    this.lastWebhookAt = this.#deps.clock.now();
    if (this.#isBlocked)
      this.#deps.log.info('webhooks accepted again', { rejected: this.#rejections?.count });
    if (this.#isBlocked) this.#blockedChangedAt = this.lastWebhookAt;
    if (this.#rejections) this.#recent = this.#counter();
    this.#rejections = undefined;
    this.#isBlocked = false;
  }

  webhookRejected(code: FaultCode, reason: string): void {
    const { clock, log } = this.#deps;
    const at = clock.now();
    this.webhooks.add(1, 'rejected', code);
    this.rejectedWebhooks++;
    this.lastRejectedWebhook = { code, reason, at };
    const { count = 0, since = at } = this.#rejections ?? {};
    this.#rejections = { count: count + 1, since };
    this.#lastRejectedElapsed = clock.elapsed();
    if (this.#recent.add() < MAX_REJECTED_WEBHOOKS || this.#isBlocked) return;
    this.#isBlocked = true;
    this.#blockedChangedAt = at;
    const { remedy } = FAULTS[code];
    log.warn('all webhooks rejected', { code, rejected: this.#rejections.count, reason, remedy });
  }

  /** Counts a webhook that the daemon could not handle now. It says nothing about the setup of the provider. */
  webhookFailed(code: FaultCode): void {
    this.webhooks.add(1, 'failed', code);
  }

  eventAccepted(): void {
    this.lastEventAt = this.#deps.clock.now();
  }

  /** Whether neither a valid nor an invalid webhook has arrived although there was time for it. */
  get isSilent(): boolean {
    const isEarly = this.#deps.clock.elapsed() - this.#startedAt < SILENCE_MS;
    return !isEarly && this.lastWebhookAt === undefined && this.rejectedWebhooks === 0;
  }

  /** Whether a webhook was rejected within {@link REJECTED_LIFETIME_MS}. */
  get hasRecentRejection(): boolean {
    const age = this.#deps.clock.elapsed() - (this.#lastRejectedElapsed ?? -Infinity);
    return age < REJECTED_LIFETIME_MS;
  }

  /** Why no webhook is accepted, with the remedy; undefined if some are, or if it is not known. */
  get problem(): string | undefined {
    const last = this.lastRejectedWebhook;
    if (!this.#isBlocked || !this.#rejections || !last || !this.hasRecentRejection) return undefined;
    const { count, since } = this.#rejections;
    const start = new Date(since).toISOString();
    return `all ${count} webhooks since ${start} were rejected, last reason: ${last.reason}. ${FAULTS[last.code].remedy}`;
  }

  /** When {@link problem} appeared or disappeared last, epoch ms; 0 if it was never there. */
  get problemChangedAt(): number {
    if (!this.#isBlocked || this.hasRecentRejection) return this.#blockedChangedAt;
    return (this.lastRejectedWebhook?.at ?? 0) + REJECTED_LIFETIME_MS;
  }

  #counter(): SlidingCounter {
    return new SlidingCounter(this.#deps.clock, REJECTED_WINDOW_MS, MAX_REJECTED_WEBHOOKS);
  }
}
