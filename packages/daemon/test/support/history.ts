/** History whose queries run in this thread. */
import type { History } from '../../src/history/ports.ts';
import type { Db } from '../../src/store/db.ts';
import { createHistory } from '../../src/store/history/history.ts';
import { runInThisThread } from '../../src/store/history/query-runner.ts';
import { createHistoryReader } from '../../src/store/history/reader.ts';

export const createLocalHistory = (db: Db): History =>
  createHistory(runInThisThread(createHistoryReader(db)));
