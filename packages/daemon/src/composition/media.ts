/** Recordings, listening, links to both, and exports. */
import type { CallId } from '@sidetone/core';
import { MediaLinks } from '../access/media-links.ts';
import { ExportSlots } from '../export/export-slots.ts';
import { ListeningService } from '../listening/listening-service.ts';
import { isNotOwner } from '../calls/loading/call-loads.ts';
import { createCodec, type Codec } from '../recording/compression/codec-threads.ts';
import { Compressor } from '../recording/compression/compressor.ts';
import { flacThreads } from '../recording/flac/flac-threads.ts';
import { RecordingFiles } from '../recording/recording-files.ts';
import { RecordingService } from '../recording/recording-service.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Get, Register } from './registration.ts';

export function registerRecordingAndListening(
  register: Register,
  { config, cluster, clock, ids, log }: Environment,
): void {
  register(
    tokens.MEDIA_LINKS,
    (get) =>
      new MediaLinks({
        key: get(tokens.STORE).secret('media_link_key'),
        tokens: config.auth.tokens,
        maxSeconds: config.limits.mediaLinkSeconds,
        clock,
      }),
  );
  register(tokens.CODEC, () => createCodec(clock));
  register(tokens.RECORDING_FILES, (get) => {
    // Resolved by the first part that is read.
    const decode: Codec['decode'] = (stream, blocks) => get(tokens.CODEC).decode(stream, blocks);
    return new RecordingFiles(config.recording.path, { decode });
  });
  register(
    tokens.COMPRESSOR,
    (get) =>
      new Compressor({
        isOn: config.recording.storage === 'flac',
        files: get(tokens.RECORDING_FILES),
        codec: get(tokens.CODEC),
        rows: get(tokens.STORE).recordings,
        liveCall: (callId) => get(tokens.CALL_REGISTRY).peek(callId),
        clock,
        log: log('recording'),
      }),
  );
  register(
    tokens.RECORDING_SERVICE,
    (get) =>
      new RecordingService({
        audio: get(tokens.CALL_AUDIO_REGISTRY),
        streams: get(tokens.STREAMS),
        demand: get(tokens.DEMAND),
        feeds: get(tokens.FEEDS),
        registry: get(tokens.CALL_REGISTRY),
        ingest: get(tokens.INGEST),
        rows: get(tokens.STORE).recordings,
        files: get(tokens.RECORDING_FILES),
        compressor: get(tokens.COMPRESSOR),
        isElsewhere: cluster && ((callId) => isLiveElsewhere(callId, get)),
        isRecorded: (id) => config.providers[id]?.recording.enabled ?? config.recording.enabled,
        keepsWaveforms: config.recording.waveform,
        clock,
        log: log('recording'),
      }),
  );
  register(tokens.FLAC_THREADS, () => flacThreads());
  register(tokens.EXPORT_SLOTS, () => new ExportSlots(config.limits.exports));
  register(
    tokens.LISTENING_SERVICE,
    (get) =>
      new ListeningService({
        audio: get(tokens.SHOWN_AUDIO),
        feeds: get(tokens.FEEDS),
        registry: get(tokens.SHOWN_CALLS),
        ingest: get(tokens.INGEST),
        ids,
        clock,
        log: log('listening'),
      }),
  );
}

/** Returns whether a call is live and another node decides about it. */
async function isLiveElsewhere(callId: CallId, get: Get): Promise<boolean> {
  try {
    await get(tokens.INGEST).ready(callId);
    return false;
  } catch (error) {
    if (!isNotOwner(error)) throw error;
  }
  return (await get(tokens.LEDGER).live()).some(({ id }) => id === callId);
}
