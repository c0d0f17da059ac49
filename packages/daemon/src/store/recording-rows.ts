/** The rows of recordings, for reading: they are written with the facts that they follow from. */
import { eq } from 'drizzle-orm';
import type { RecordingRows } from '../recording/ports.ts';
import type { Db } from './database.ts';
import { recordings } from './schema.ts';

export function createRecordingRows(db: Db): RecordingRows {
  return {
    get: (callId) => db.select().from(recordings).where(eq(recordings.callId, callId)).get(),
    open: () => db.select().from(recordings).where(eq(recordings.state, 'RECORDING')).all(),
  };
}
