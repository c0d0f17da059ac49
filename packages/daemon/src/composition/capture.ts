/** Pauses of the capture. */
import { CaptureService } from '../capture/capture-service.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Register } from './registration.ts';

export function registerCapture(register: Register, { config, clock, log }: Environment): void {
  register(
    tokens.CAPTURE_SERVICE,
    (get) =>
      new CaptureService({
        silences: get(tokens.SILENCES),
        commands: get(tokens.COMMAND_SERVICE),
        ingest: get(tokens.INGEST),
        partials: get(tokens.LATEST_PARTIALS),
        feeds: get(tokens.FEEDS),
        registry: get(tokens.CALL_REGISTRY),
        maxSeconds: config.limits.capturePauseSeconds,
        clock,
        log: log('capture'),
      }),
  );
}
