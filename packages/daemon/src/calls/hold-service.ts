/** Legal holds: while a call has one, neither an erasure nor retention removes its data. Stored as events of the call. */
import { FaultError, invalidArgument, type Call, type CallId } from '@sidetone/core';
import type { Ingest } from './ingest.ts';

export const MAX_HOLD_REASON_CHARACTERS = 500;

type HoldIngest = Pick<Ingest, 'current' | 'ready' | 'recordBy' | 'recorded'>;

export class HoldService {
  readonly #ingest: HoldIngest;

  constructor(deps: { readonly ingest: HoldIngest }) {
    this.#ingest = deps.ingest;
  }

  /**
   * Places a hold on a live or ended call and returns the call as stored. A hold that exists stays as it is.
   * @throws {FaultError} CALL_NOT_FOUND, or INPUT_INVALID for a reason that is too long.
   */
  async place(callId: CallId, reason: string | undefined, by: string): Promise<Call> {
    if (reason !== undefined && reason.length > MAX_HOLD_REASON_CHARACTERS)
      throw invalidArgument('reason', `a reason has at most ${MAX_HOLD_REASON_CHARACTERS} characters`);
    await this.#ingest.ready(callId);
    if (!this.#existing(callId).hold) {
      const given = reason?.trim() ? { reason: reason.trim() } : {};
      this.#ingest.recordBy(by, callId, { type: 'CALL_HOLD_CHANGED', held: true, ...given });
    }
    await this.#ingest.recorded(callId);
    return this.#existing(callId);
  }

  /** Releases a hold, if there is one, and returns the call as stored. @throws {FaultError} CALL_NOT_FOUND. */
  async release(callId: CallId, by: string): Promise<Call> {
    await this.#ingest.ready(callId);
    if (this.#existing(callId).hold)
      this.#ingest.recordBy(by, callId, { type: 'CALL_HOLD_CHANGED', held: false });
    await this.#ingest.recorded(callId);
    return this.#existing(callId);
  }

  #existing(callId: CallId): Call {
    const call = this.#ingest.current(callId);
    if (!call) throw new FaultError('CALL_NOT_FOUND', 'there is no call with this id');
    return call;
  }
}
