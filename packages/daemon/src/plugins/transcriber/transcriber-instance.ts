/** One instance of a transcriber plugin and its open transcriptions. If the instance ends first, they receive a FAILED state. */
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
import type { FailureListener } from '../supervision/plugin-lifecycle.ts';

/** Deadline for the last results of a call, ms. */
export const END_TIMEOUT_MS = 15_000;

/** The code of transcriptions whose instance ended before them. */
const TRANSCRIBER_STOPPED = 'TRANSCRIBER_STOPPED';

export interface TranscriberInstanceDeps
  extends Omit<PluginInstanceDeps, 'subject'>, Pick<FailureListener, 'onException' | 'onEventDropped'> {
  readonly transcriber: Transcriber;
}

export class TranscriberInstance extends PluginInstance {
  readonly #deps: TranscriberInstanceDeps;

  constructor(deps: TranscriberInstanceDeps) {
    super({ ...deps, subject: deps.transcriber });
    this.#deps = deps;
  }

  /** @throws {FaultError} the plugin's fault; PLUGIN_EXCEPTION if it throws another error or returns no transcription. */
  open(request: TranscriptionRequest): OpenTranscription {
    const controller = new AbortController();
    const { signal } = controller;
    const emit = (event: TranscriberEvent): void => this.#emit(event, request, signal);
    const onInstanceEnd = (): void => {
      emit(STOPPED);
      controller.abort();
    };
    // Not AbortSignal.any: a signal that only it refers to may be garbage collected before it aborts.
    this.signal.addEventListener('abort', onInstanceEnd, { once: true });
    const finish = (): void => {
      this.signal.removeEventListener('abort', onInstanceEnd);
      controller.abort();
    };
    try {
      const transcription = openChecked(this.#deps.transcriber, { ...request, emit }, signal);
      return this.#wrap(transcription, signal, finish);
    } catch (error) {
      // First, because the exception may end the instance: the caller receives the error, not a FAILED state.
      finish();
      throw this.#openFailure(error);
    }
  }

  /** Passes on a valid event of an open transcription. */
  #emit(event: TranscriberEvent, request: TranscriptionRequest, signal: AbortSignal): void {
    if (signal.aborted) return;
    const problem = findTranscriberEventError(event);
    if (problem === undefined) request.emit(event);
    else this.#deps.onEventDropped('PLUGIN_EVENT_INVALID', problem);
  }

  #openFailure(error: unknown): FaultError {
    if (isFault(error)) return error;
    this.#deps.onException('open', error);
    const message = `exception in the transcriber: ${messageOf(error)}`;
    return new FaultError('PLUGIN_EXCEPTION', message, { cause: error });
  }

  #wrap(transcription: Transcription, signal: AbortSignal, finish: () => void): OpenTranscription {
    return {
      write: (party: Party, bytes: Uint8Array, atMs: number) => {
        if (signal.aborted) return;
        try {
          transcription.write(party, bytes, atMs);
        } catch (error) {
          this.#deps.onException('write', error);
        }
      },
      end: async () => {
        const timeoutError = new FaultError('PROVIDER_TIMEOUT', 'the last results timed out');
        try {
          if (!signal.aborted)
            await this.withDeadline(
              END_TIMEOUT_MS,
              () => timeoutError,
              () => transcription.end(),
            );
        } catch (error) {
          if (!isFault(error)) this.#deps.onException('end', error);
        } finally {
          finish();
        }
      },
      cut: finish,
    };
  }
}

function openChecked(
  transcriber: Transcriber,
  request: TranscriptionRequest,
  signal: AbortSignal,
): Transcription {
  const transcription = transcriber.open(request, signal);
  if (typeof transcription?.write === 'function' && typeof transcription.end === 'function')
    return transcription;
  throw new TypeError('expected a transcription with write and end');
}

const STOPPED: TranscriberEvent = {
  type: 'state',
  state: 'FAILED',
  code: TRANSCRIBER_STOPPED,
  message: 'the transcriber stopped; transcription resumes when it restarts',
};
