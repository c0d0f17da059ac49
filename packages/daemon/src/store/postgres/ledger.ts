/** The writing side of the store in PostgreSQL: the port of `store/ledger.ts`, with promises. */
import { FaultError, type Command } from '@sidetone/core';
import { NO_COUNTRIES } from '../../calls/numbers/countries.ts';
import type { StoredReads } from '../../calls/loading/ports.ts';
import type { CallLedger } from '../../calls/ports.ts';
import type { Asynchronous } from './asynchronous.ts';
import { DataError } from './connection/failure.ts';
import { mayWrite, fenced, withHead } from './connection/locks.ts';
import type { Session } from './connection/session.ts';
import { commandRow } from './ledger/command-row.ts';
import { Committer } from './ledger/committer.ts';
import { createLookups } from './ledger/lookups.ts';
import { fillWords } from './ledger/fill-words.ts';
import { fillNumbers } from './ledger/numbers.ts';
import { eraseCall, eraseCommand, expire, loneCommands } from './removal/eraser.ts';
import { createPostgresRetention } from './removal/retention.ts';
import { isRemembered } from './removal/tombstones.ts';
import { commands } from './schema.ts';
import { excluded, nameOf, rowsIn, toJson, valueOf, writable } from './statements.ts';

const COLUMNS = writable(commands);
/** The lock of the head makes it wait for an exclusion of this node. */
const PUT_COMMAND = `with head as (select position from log_head where ${mayWrite('$2::bigint')} for share)
  insert into commands (${COLUMNS.map((column) => nameOf(commands, column)).join(', ')})
  select ${COLUMNS.map((column) => valueOf(commands, column)).join(', ')}
  from head, ${rowsIn('$1', commands, COLUMNS)}
  on conflict (id) do update set ${excluded(commands, writable(commands, ['id', 'callId']))}`;

export type PostgresLedger = Asynchronous<CallLedger & StoredReads>;

/** Every method rejects with a fault of kind store if the database fails. */
export function createPostgresLedger(session: Session, countries = NO_COUNTRIES): PostgresLedger {
  const committer = new Committer(session, countries);
  return {
    ...createLookups(session),
    retention: createPostgresRetention(session),
    commit: (drafts) => committer.commit(drafts),
    putCommand: (command) => putCommand(session, command),
    erase: (callId, now) => withHead(session, (queries) => eraseCall(queries, callId, now)),
    eraseCommand: (id) => eraseCommand(session, id),
    loneCommands: (after, limit) => loneCommands(session, after, limit),
    expire: (now) => session.transaction((queries) => expire(queries, now, committer.writer)),
    isErased: (providerId, providerCallId, now) => isRemembered(session, { providerId, providerCallId }, now),
    // VACUUM of the server overwrites what was deleted, and nothing here can hasten it.
    isScrubDue: () => Promise.resolve(false),
    scrub: () => Promise.resolve('DONE'),
    indexNumbers: () => withHead(session, (queries) => fillNumbers(queries, countries)),
    indexWords: () => withHead(session, (queries) => fillWords(queries)),
    // Triggers have added every call since the tables exist.
    addTotals: () => Promise.resolve(false),
  };
}

async function putCommand(session: Session, command: Command): Promise<void> {
  try {
    const stored = await session.run({
      name: 'put_command',
      text: PUT_COMMAND,
      values: [toJson([commandRow(command, null)]), session.epoch ?? null],
    });
    if (stored === 0) throw fenced();
  } catch (error) {
    if (!(error instanceof DataError) || !error.isDuplicate) throw error;
    const message = 'another daemon has stored a command with the same idempotency key';
    throw new FaultError('STORE_CONFLICT', message, { cause: error });
  }
}
