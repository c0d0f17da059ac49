/** The metrics of calls: their state, what was stored about them, audio and recordings. */
import { CALL_STATUSES, type Call } from '@sidetone/core';
import type { Readers, Sample } from '../../metrics/catalogue.ts';
import * as tokens from '../../tokens.ts';
import type { Environment, Get } from '../registration.ts';

const LIVE_STATUSES = CALL_STATUSES.filter((status) => status !== 'ENDED');

export function callReaders(get: Get, { config }: Environment) {
  const counts = () => get(tokens.INGEST).counts;
  return {
    sidetone_live_calls: () => liveCalls(get(tokens.CALL_REGISTRY).live(), Object.keys(config.providers)),
    sidetone_calls_started_total: () =>
      counts()
        .callsStarted.entries()
        .map(([[provider], count]) => [{ provider }, count] as const),
    sidetone_calls_ended_total: () =>
      counts()
        .callsEnded.entries()
        .map(([[provider, category], count]) => [{ provider, category }, count] as const),
    sidetone_call_notices_total: () =>
      counts()
        .notices.entries()
        .map(([[provider, code], count]) => [{ provider, code }, count] as const),
    sidetone_commands_total: () =>
      counts()
        .commands.entries()
        .map(([[provider, command, status], count]) => [{ provider, command, status }, count] as const),
    sidetone_streams: () => get(tokens.STREAMS).size,
    sidetone_audio_lost_seconds_total: () =>
      counts()
        .lostAudioMs.entries()
        .map(([[provider, kind], ms]) => [{ provider, kind }, ms / 1000] as const),
    sidetone_audio_missing_frames_total: () =>
      counts()
        .missingFrames.entries()
        .map(([[provider], count]) => [{ provider }, count] as const),
    sidetone_recordings: () => get(tokens.RECORDING_SERVICE).size,
    sidetone_recordings_ended_total: () =>
      counts()
        .recordings.entries()
        .map(([[provider, result], count]) => [{ provider, result }, count] as const),
    sidetone_recorded_bytes_total: () =>
      counts()
        .recordedBytes.entries()
        .map(([[provider], bytes]) => [{ provider }, bytes] as const),
    sidetone_recording_compressions_total() {
      const { compressed, failed } = get(tokens.COMPRESSOR).counts;
      return [
        [{ result: 'compressed' }, compressed],
        [{ result: 'failed' }, failed],
      ] as const;
    },
    sidetone_recording_saved_bytes_total: () => get(tokens.COMPRESSOR).counts.savedBytes,
    sidetone_transcriptions: () => get(tokens.TRANSCRIPTION_SERVICE).size,
  } as const satisfies Partial<Readers>;
}

/** Every status of every configured provider has a value, so that a query finds 0 instead of nothing. */
function liveCalls(
  calls: readonly Call[],
  configured: readonly string[],
): readonly Sample<'sidetone_live_calls'>[] {
  const providers = new Set([...configured, ...calls.map(({ providerId }) => providerId)]);
  const numbers = new Map(
    [...providers].map((id) => [id, new Map(LIVE_STATUSES.map((status) => [status as string, 0]))]),
  );
  for (const { providerId, status } of calls) {
    const ofProvider = numbers.get(providerId)!;
    ofProvider.set(status, (ofProvider.get(status) ?? 0) + 1);
  }
  return [...numbers].flatMap(([provider, statuses]) =>
    [...statuses].map(([status, count]) => [{ provider, status }, count] as const),
  );
}
