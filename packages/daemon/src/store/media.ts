/** The tables of waveforms and recordings. */
import { and, asc, eq } from 'drizzle-orm';
import type { WaveformStore } from '../audio/ports.ts';
import type { AtOnce } from '../now-or-later.ts';
import type { RecordingRows } from '../recording/ports.ts';
import { excluded, placeholders, type Db } from './db.ts';
import { recordings, waveforms } from './schema.ts';
import { StoreHealth } from './store-health.ts';

/** Stores waveforms, one row for each minute of each party. */
export function createWaveformStore(db: Db, health = new StoreHealth()): AtOnce<WaveformStore> {
  const putPiece = db
    .insert(waveforms)
    .values(placeholders(waveforms))
    .onConflictDoUpdate({
      target: [waveforms.callId, waveforms.party, waveforms.piece],
      set: excluded(waveforms, ['callId', 'party', 'piece']),
    })
    .prepare();

  return {
    put(pieces) {
      health.write(db, () => {
        for (const { callId, party, piece, peaks } of pieces)
          putPiece.run({ callId, party, piece, peaks: Buffer.from(peaks) });
      });
    },
    get(callId, party, piece) {
      const isPiece = and(
        eq(waveforms.callId, callId),
        eq(waveforms.party, party),
        eq(waveforms.piece, piece),
      );
      const row = db.select().from(waveforms).where(isPiece).get();
      return row && Uint8Array.from(row.peaks);
    },
    list: (callId) =>
      db.select().from(waveforms).where(eq(waveforms.callId, callId)).orderBy(asc(waveforms.piece)).all(),
  };
}

/** Reads the rows of recordings, which the projections write. */
export function createRecordingRows(db: Db): AtOnce<RecordingRows> {
  return {
    get: (callId) => db.select().from(recordings).where(eq(recordings.callId, callId)).get(),
    open: () => db.select().from(recordings).where(eq(recordings.state, 'RECORDING')).all(),
  };
}
