/**
 * An instance of a transcriber plugin, and the calls that it hears. What it throws where the contract allows no throwing is
 * counted against it, and a call that it lets down is told so.
 */
import {
  FaultError,
  findTranscriberEventError,
  isFault,
  messageOf,
  type Party,
  type Transcriber,
  type TranscriberEvent,
  type Transcription,
  type TranscriptionRequest,
} from '@sidetone/core';
import type { OpenTranscription } from '../ports.ts';
import { PluginInstance, type PluginInstanceDeps } from '../supervision/plugin-instance.ts';

/** How long the last words of a call may take, ms. */
export const END_TIMEOUT_MS = 15_000;

/** The state of a call whose transcriber ended before it. */
export const TRANSCRIBER_STOPPED = 'TRANSCRIBER_STOPPED';

export interface TranscriberInstanceDeps extends Omit<PluginInstanceDeps, 'subject'> {
  readonly transcriber: Transcriber;
  /** Takes note of an event that was dropped. */
  readonly lost: (why: string) => void;
}

export class TranscriberInstance extends PluginInstance {
  readonly #deps: TranscriberInstanceDeps;

  constructor(deps: TranscriberInstanceDeps) {
    super({ ...deps, subject: deps.transcriber });
    this.#deps = deps;
  }

  /** @throws {FaultError} what the plugin threw; PLUGIN_EXCEPTION when that is no fault, or when it gave no transcription. */
  open(request: TranscriptionRequest): OpenTranscription {
    const { transcriber, onThrow, lost } = this.#deps;
    const life = new AbortController();
    const isOver = (): boolean => life.signal.aborted;
    const give = (event: TranscriberEvent): void => {
      if (isOver()) return;
      const problem = findTranscriberEventError(event);
      if (problem === undefined) request.emit(event);
      else lost(problem);
    };
    const letDown = (): void => {
      give({
        type: 'state',
        state: 'FAILED',
        code: TRANSCRIBER_STOPPED,
        message: 'the transcriber was stopped; the call is taken up again when it runs',
      });
      life.abort();
    };
    // Not AbortSignal.any: what only it knows may be collected before it aborts.
    this.signal.addEventListener('abort', letDown, { once: true });
    const finish = (): void => {
      this.signal.removeEventListener('abort', letDown);
      life.abort();
    };
    let transcription: Transcription;
    try {
      transcription = transcriber.open({ ...request, emit: give }, life.signal);
      if (typeof transcription?.write !== 'function' || typeof transcription.end !== 'function')
        throw new TypeError('the plugin gave no transcription');
    } catch (error) {
      finish();
      if (isFault(error)) throw error;
      onThrow('open', error);
      throw new FaultError('PLUGIN_EXCEPTION', `the transcriber threw: ${messageOf(error)}`, {
        cause: error,
      });
    }
    return {
      write(party: Party, bytes: Uint8Array, atMs: number) {
        if (isOver()) return;
        try {
          transcription.write(party, bytes, atMs);
        } catch (error) {
          onThrow('write', error);
        }
      },
      end: async () => {
        const late = new FaultError('PROVIDER_TIMEOUT', 'the last words did not come in time');
        try {
          if (!isOver()) await this.within(END_TIMEOUT_MS, late, () => transcription.end());
        } catch (error) {
          if (!isFault(error)) onThrow('end', error);
        } finally {
          finish();
        }
      },
      cut: finish,
    };
  }
}
