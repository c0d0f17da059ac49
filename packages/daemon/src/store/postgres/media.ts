/** The tables of waveforms and recordings. */
import type { WaveformStore } from '../../audio/ports.ts';
import type { RecordingRows, StoredRecording } from '../../recording/ports.ts';
import type { Asynchronous } from './asynchronous.ts';
import { mayWrite } from './connection/locks.ts';
import type { Session } from './connection/session.ts';
import { recordings, waveforms } from './schema.ts';
import { selectFrom } from './statements.ts';

type Piece = typeof waveforms.$inferSelect;

/** Stores waveforms, one row for each minute of each party; ignores those of calls that are not stored, such as erased ones. */
export function createPostgresWaveforms(session: Session): Asynchronous<WaveformStore> {
  return {
    async put(pieces) {
      await session.run({
        name: 'put_waveforms',
        // Waits for an erasure of the call, and locks nothing that commits change.
        text: `with kept as (select id from calls where id = any($1::text[]) for key share)
          insert into waveforms (call_id, party, piece, peaks)
          select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[]) as p (call_id, party, piece, peaks)
          where call_id in (select id from kept) and exists (select 1 from log_head where ${mayWrite('$5::bigint')})
          on conflict (call_id, party, piece) do update set peaks = excluded.peaks`,
        values: [
          pieces.map(({ callId }) => callId),
          pieces.map(({ party }) => party),
          pieces.map(({ piece }) => piece),
          pieces.map(({ peaks }) => Buffer.from(peaks)),
          session.epoch ?? null,
        ],
      });
    },
    async get(callId, party, piece) {
      const [row] = await session.rows<Piece>({
        name: 'waveform',
        text: `${selectFrom(waveforms)} where call_id = $1 and party = $2 and piece = $3`,
        values: [callId, party, piece],
      });
      return row && Uint8Array.from(row.peaks);
    },
    list: (callId) =>
      session.rows<Piece>({
        name: 'waveforms',
        text: `${selectFrom(waveforms)} where call_id = $1 order by piece, party`,
        values: [callId],
      }),
  };
}

/** Reads the rows of recordings, which commits write. */
export function createPostgresRecordings(session: Session): Asynchronous<RecordingRows> {
  return {
    async get(callId) {
      const [row] = await session.rows<StoredRecording & Record<string, unknown>>({
        name: 'recording',
        text: `${selectFrom(recordings)} where call_id = $1`,
        values: [callId],
      });
      return row;
    },
    open: () =>
      session.rows<StoredRecording & Record<string, unknown>>({
        text: `${selectFrom(recordings)} where state = 'RECORDING' order by call_id`,
      }),
  };
}
