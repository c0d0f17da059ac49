/** A SQLite file with rows in every table, as a daemon leaves it. */
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { NO_COUNTRIES } from '../../../src/calls/numbers/countries.ts';
import { createCursors } from '../../../src/calls/cursor.ts';
import { createAuditLog } from '../../../src/store/audit/log.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { createEventLog } from '../../../src/store/event-log.ts';
import { createLedger } from '../../../src/store/ledger.ts';
import { createWaveformStore } from '../../../src/store/media.ts';
import { createStateStore } from '../../../src/store/plugin-state.ts';
import { secretOf } from '../../../src/store/secrets.ts';
import { createTokenStore } from '../../../src/store/tokens/token-store.ts';
import { aCommand, anyDrafts, callIdOf, DraftMaker } from '../../store/suites/drafts.ts';
import { tempDir } from '../../support/temp-dir.ts';

export interface SourceFile {
  readonly path: string;
  /** A cursor of each event, as clients have them. */
  readonly cursors: readonly { readonly position: number; readonly cursor: string }[];
}

const stream = {
  id: 'str_numbers' as never,
  encoding: 'mulaw',
  sampleRate: 8000,
  parties: ['CUSTOMER'],
} as const;

interface Content {
  /** Of an utterance each, besides generated events. */
  readonly texts?: readonly string[];
  readonly seed?: number;
}

const created = new Map<string, SourceFile>();

/** Returns a new file: a copy of the first one with the same content. */
export function createSourceFile(content: Content = {}): SourceFile {
  const name = JSON.stringify(content);
  const found = created.get(name);
  // Its folder is deleted after the test file.
  const first = found && existsSync(found.path) ? found : createFile(content);
  created.set(name, first);
  const path = join(tempDir(), 'sidetone.db');
  copyFileSync(first.path, path);
  return { ...first, path };
}

function createFile({ texts = [], seed = 7 }: Content): SourceFile {
  const path = join(tempDir(), 'sidetone.db');
  const write = (task: (store: ReturnType<typeof openDatabase>) => void): void => {
    const database = openDatabase(path, 'normal');
    task(database);
    database.close();
  };
  // Three starts of a daemon are three epochs.
  write((database) => {
    const ledger = createLedger(database.db, undefined, NO_COUNTRIES);
    for (const drafts of fc.sample(anyDrafts, { seed, numRuns: 1 })) void ledger.commit(drafts);
  });
  write((database) => {
    const { db } = database;
    const ledger = createLedger(db, undefined, NO_COUNTRIES);
    const maker = new DraftMaker();
    void ledger.commit([
      maker.start('numbers', { from: '+14155550100', to: '+918055551234', direction: 'INBOUND' }, 5000),
      maker.next('numbers', { type: 'CALL_STATUS_CHANGED', status: 'IN_PROGRESS' }, 6000, 'answered'),
      ...texts.map((text, i) => maker.line('numbers', i, text)),
      maker.next('numbers', { type: 'CALL_ANNOTATED', by: 'ada', tagsAdded: ['vip', 'Ünïcode'] }, 6500),
      maker.next(
        'numbers',
        {
          type: 'CALL_ANNOTATED',
          by: 'ada',
          note: { id: 'note_numbers' as never, text: 'a note', author: 'ada' },
        },
        6500,
      ),
      maker.next('numbers', { type: 'STREAM_STARTED', stream }, 6600),
      maker.next('numbers', { type: 'LISTENING_STARTED', listenerId: 'lsn_1' as never, by: 'ada' }, 6700),
      maker.next('numbers', { type: 'CALL_HOLD_CHANGED', by: 'ada', held: true, reason: 'a dispute' }, 7000),
      maker.next(
        'numbers',
        { type: 'CALL_ENDED', end: { category: 'COMPLETED', code: 'ok' } } as never,
        9000,
      ),
    ]);
    void ledger.commit([maker.start('erased')]);
    ledger.erase(callIdOf('erased'), 10_000);
    ledger.putCommand(aCommand('cmd_lone', { status: 'FAILED', settledAt: 6 } as never));
    createAuditLog(db).append({ at: 1, by: 'ada', action: 'ERASE', callId: 'call_erased' });
    createWaveformStore(db).put([
      {
        callId: callIdOf('numbers'),
        party: 'CUSTOMER',
        piece: 0,
        peaks: Uint8Array.of(0, 1, 254, 255),
      } as never,
    ]);
    createStateStore(db).set('vapi', 'calls/"1"', '{"a":"\\u0001"}');
    createTokenStore(db).put(
      {
        name: 'ada',
        sha256: 'ff',
        scopes: ['read'],
        createdAt: 1,
        createdBy: '-',
        expiresAt: null,
        revokedAt: null,
      } as never,
      { at: 2, by: '-', action: 'TOKEN_CREATED', details: { name: 'ada', scopes: ['read'] } } as never,
    );
    secretOf(db, 'redaction_key');
    while (ledger.indexNumbers());
  });
  const cursors: { position: number; cursor: string }[] = [];
  write((database) => {
    void createLedger(database.db, undefined, NO_COUNTRIES).commit([new DraftMaker().start('last')]);
    const log = createEventLog(database);
    const { encode } = createCursors(log);
    for (let position = 1; position <= log.latest(); position++)
      cursors.push({ position, cursor: encode(position) });
  });
  return { path, cursors };
}
