/** What removes data that is not kept any longer. */
import { NumberErasure } from '../calls/number-erasure.ts';
import { countriesOf } from '../calls/numbers/countries.ts';
import { RecordingSpace } from '../calls/retention/recording-space.ts';
import { Retention } from '../calls/retention/retention.ts';
import { rulesOf } from '../calls/retention/rules.ts';
import * as tokens from '../tokens.ts';
import { dutiesOf, type Environment, type Register } from './registration.ts';

export function registerRetention(register: Register, { config, cluster, clock, log }: Environment): void {
  register(
    tokens.RETENTION,
    (get) =>
      new Retention({
        rules: rulesOf(config),
        store: get(tokens.LEDGER).retention,
        ingest: get(tokens.INGEST),
        recordings: get(tokens.RECORDING_SERVICE),
        erasure: get(tokens.ERASURE),
        onRecordingErased: cluster && ((callId) => cluster.erasures.announce(callId, 'RECORDING')),
        ...dutiesOf(get),
        clock,
        log: log('retention'),
      }),
  );
  register(tokens.NUMBER_ERASURE, (get) => {
    const key = (): Uint8Array => get(tokens.STORE).secret('erased_number_key');
    return new NumberErasure({
      erasure: get(tokens.ERASURE),
      ingest: get(tokens.INGEST),
      ledger: get(tokens.LEDGER),
      find: async (filter, limit) =>
        (await get(tokens.HISTORY).calls(filter, { limit, backward: false })).rows,
      countries: countriesOf(config),
      audit: get(tokens.AUDIT_LOG),
      key,
      clock,
    });
  });
  register(tokens.RECORDING_SPACE, (get) => {
    const retention = get(tokens.RETENTION);
    return new RecordingSpace({
      maxBytes: config.retention.recordingBytes,
      minFreeBytes: config.retention.freeDiskBytes,
      folder: config.recording.path,
      store: get(tokens.LEDGER).retention,
      recordings: get(tokens.RECORDING_SERVICE),
      ...(cluster && {
        isLocal: async (callId) => (await get(tokens.RECORDING_FILES).stored(callId)) !== undefined,
      }),
      compressedBytes: () => get(tokens.RECORDING_FILES).flacBytes(),
      prune: (work) => retention.prune(work),
      clock,
      log: log('retention'),
    });
  });
}
