/**
 * Pauses and resumes the capture of live calls: recording, transcription and listening. A pause has a latest end, and lasts over
 * a restart of the daemon. The call itself is not affected.
 */
import {
  capturePauseOf,
  invalidArgument,
  isLive,
  type Call,
  type CallId,
  type CapturePart,
  type Clock,
  type Logger,
} from '@sidetone/core';
import { MAX_LATE_AUDIO_MS } from '../audio/ports.ts';
import type { CallRegistry } from '../calls/call-registry.ts';
import { followCalls } from '../calls/call-sessions.ts';
import type { Ingest } from '../calls/ingest.ts';
import type { PartialStore, RecordSource } from '../calls/ports.ts';
import type { CommandOutcome } from '../commands/command-outcome.ts';
import type { CommandService } from '../commands/command-service.ts';
import type { Silences } from './silences.ts';

export const MAX_PAUSE_REASON_CHARACTERS = 500;
/** How long after the end of a call its pauses are kept for late audio, ms: longer than recordings and transcriptions wait. */
const FORGET_AFTER_MS = MAX_LATE_AUDIO_MS + 5000;

export interface CaptureServiceDeps {
  readonly silences: Silences;
  readonly commands: Pick<CommandService, 'perform'>;
  readonly ingest: Pick<Ingest, 'record' | 'recordBy' | 'current' | 'committed'>;
  readonly partials: Pick<PartialStore, 'forget'>;
  readonly feeds: RecordSource;
  readonly registry: Pick<CallRegistry, 'live' | 'peek'>;
  /** `limits.capturePauseSeconds`. */
  readonly maxSeconds: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface PauseRequest {
  readonly parts: readonly CapturePart[];
  readonly reason?: string;
  /** Default: the longest that is permitted. */
  readonly maxSeconds?: number;
}

export class CaptureService {
  readonly #deps: CaptureServiceDeps;
  /** Cancels the end of each pause that lasts. */
  readonly #ends = new Map<CallId, () => void>();
  #unfollow: (() => Promise<void>) | undefined;

  constructor(deps: CaptureServiceDeps) {
    this.#deps = deps;
  }

  /** Number of calls whose capture is paused. */
  get size(): number {
    return this.#ends.size;
  }

  /** Continues pauses of a daemon that stopped. Must run before any audio or event of a provider arrives. */
  async start(): Promise<void> {
    const { silences, ingest } = this.#deps;
    this.#unfollow = followCalls(this.#deps, {
      onStart: ({ id, capturePauses }) => {
        if (!capturePauses || this.#ends.has(id)) return;
        silences.restore(id, capturePauses);
        this.#schedule(id);
      },
      onLeft: (callId) => {
        this.#cancel(callId);
        silences.forget(callId);
      },
      onEnding: (callId) => this.#cancel(callId),
      onEnd: (callId) => silences.forget(callId),
      lastAudioMs: FORGET_AFTER_MS,
    });
    await ingest.committed();
  }

  /** Leaves pauses as they are: they continue with the next start. */
  async stop(): Promise<void> {
    await this.#unfollow?.();
    for (const callId of this.#ends.keys()) this.#cancel(callId);
  }

  /**
   * Pauses the capture of a live call, or extends its pause: parts are added, and the later end counts.
   * @throws {FaultError} INPUT_INVALID.
   */
  async pause(callId: CallId, request: PauseRequest, by: string, key?: string): Promise<CommandOutcome> {
    const { maxSeconds: limit, commands } = this.#deps;
    const { parts, maxSeconds = limit } = request;
    const reason = request.reason?.trim() || undefined;
    if (parts.length === 0) throw invalidArgument('parts', 'expected at least one part');
    if (maxSeconds < 1 || maxSeconds > limit)
      throw invalidArgument('maxSeconds', `expected 1 to ${limit} (limits.capturePauseSeconds)`);
    if (reason !== undefined && reason.length > MAX_PAUSE_REASON_CHARACTERS)
      throw invalidArgument('reason', `a reason has at most ${MAX_PAUSE_REASON_CHARACTERS} characters`);
    const args = { parts, maxSeconds, ...(reason !== undefined && { reason }) };
    return commands.perform('PAUSE_CAPTURE', callId, args, by, key, (call) => this.#pause(call, args, by));
  }

  /** Ends the pause of a live call, if there is one. */
  async resume(callId: CallId, by: string, key?: string): Promise<CommandOutcome> {
    return this.#deps.commands.perform('RESUME_CAPTURE', callId, {}, by, key, (call) => {
      if (!capturePauseOf(call)) return;
      this.#deps.ingest.recordBy(by, callId, { type: 'CAPTURE_CHANGED', parts: [] });
      this.#resumed(callId);
    });
  }

  #pause(call: Call, { parts: added, maxSeconds = 0, reason }: PauseRequest, by: string): void {
    const { ingest, silences, partials, clock } = this.#deps;
    const before = capturePauseOf(call);
    const parts = [...new Set([...(before?.parts ?? []), ...added])];
    const until = Math.max(before?.until ?? 0, clock.now() + maxSeconds * 1000);
    // First, so that nothing is captured even if the event cannot be stored.
    silences.set(call.id, parts);
    if (parts.includes('TRANSCRIPTION')) partials.forget(call.id);
    const details = reason === undefined ? {} : { reason };
    ingest.recordBy(by, call.id, { type: 'CAPTURE_CHANGED', parts, until, ...details });
    this.#schedule(call.id);
  }

  #resumed(callId: CallId): void {
    this.#cancel(callId);
    this.#deps.silences.set(callId, []);
  }

  /** Schedules the end of the pause of a call, if there is one. A pause that is over ends now. */
  #schedule(callId: CallId): void {
    const { ingest, clock } = this.#deps;
    this.#cancel(callId);
    const call = ingest.current(callId);
    const pause = call && capturePauseOf(call);
    if (!pause) return;
    const waitMs = pause.until - clock.now();
    if (waitMs <= 0) return this.#expire(callId);
    this.#ends.set(
      callId,
      clock.schedule(waitMs, () => this.#expire(callId)),
    );
  }

  #expire(callId: CallId): void {
    const { ingest, clock, log } = this.#deps;
    this.#resumed(callId);
    const call = ingest.current(callId);
    const pause = call && isLive(call) ? capturePauseOf(call) : undefined;
    if (!pause) return;
    // Earlier than now if the daemon did not run at that time.
    ingest.record(callId, { type: 'CAPTURE_CHANGED', parts: [] }, Math.min(pause.until, clock.now()));
    log.info('capture resumed: the pause has reached its latest end', { callId });
  }

  #cancel(callId: CallId): void {
    this.#ends.get(callId)?.();
    this.#ends.delete(callId);
  }
}
