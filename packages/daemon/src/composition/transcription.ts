/** Transcription and corrections of transcripts. */
import * as tokens from '../tokens.ts';
import { TranscriptionService } from '../transcription/transcription-service.ts';
import { UtteranceService } from '../transcription/utterance-service.ts';
import type { Environment, Register } from './registration.ts';

export function registerTranscription(register: Register, { config, clock, ids, log }: Environment): void {
  register(
    tokens.TRANSCRIPTION_SERVICE,
    (get) =>
      new TranscriptionService({
        transcribers: get(tokens.TRANSCRIBERS),
        providers: get(tokens.PROVIDERS),
        settingOf: (id) => config.providers[id]?.transcribe ?? 'off',
        audio: get(tokens.CALL_AUDIO_REGISTRY),
        streams: get(tokens.STREAMS),
        feeds: get(tokens.FEEDS),
        registry: get(tokens.CALL_REGISTRY),
        ingest: get(tokens.INGEST),
        partials: get(tokens.LATEST_PARTIALS),
        ids,
        clock,
        log: log('transcription'),
      }),
  );
  register(
    tokens.UTTERANCE_SERVICE,
    (get) =>
      new UtteranceService({
        ingest: get(tokens.INGEST),
        ledger: get(tokens.LEDGER),
        partials: get(tokens.LATEST_PARTIALS),
        ids,
        clock,
      }),
  );
}
