/** Waveforms, a row for each minute of each party. */
import { and, asc, eq } from 'drizzle-orm';
import type { WaveformStore } from '../audio/ports.ts';
import type { Db } from './database.ts';
import { excluded, placeholders } from './prepared.ts';
import { waveforms } from './schema.ts';

export function createWaveformStore(db: Db): WaveformStore {
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
      db.transaction(
        () => {
          for (const { callId, party, piece, peaks } of pieces)
            putPiece.run({ callId, party, piece, peaks: Buffer.from(peaks) });
        },
        { behavior: 'immediate' },
      );
    },
    get(callId, party, piece) {
      const isIt = and(eq(waveforms.callId, callId), eq(waveforms.party, party), eq(waveforms.piece, piece));
      const found = db.select().from(waveforms).where(isIt).get();
      return found && Uint8Array.from(found.peaks);
    },
    list: (callId) =>
      db.select().from(waveforms).where(eq(waveforms.callId, callId)).orderBy(asc(waveforms.piece)).all(),
  };
}
