/**
 * The rows that transactions lock, for `first` of a transaction. All transactions take the locks in the same order, so none waits
 * for one that waits for it: the audit log, the head of the event log, then any other row.
 */
import { FaultError } from '@sidetone/core';
import type { Queries, Session } from './session.ts';

/** Until the end of the transaction, no other one writes to the audit log. Returns its last entry. */
export const LOCK_AUDIT = "select value from meta where key = 'audit_head' for update";

/**
 * Whether a node may write, as a condition on the row of the head. After a wait for its lock, it is evaluated again with the
 * new row, which a condition on another table would not be.
 */
export const mayWrite = (epoch: string): string => `(${epoch} is null or ${epoch} = any(log_head.members))`;

/** Runs a task while no other transaction writes events. @throws {FaultError} NODE_FENCED */
export const withHead = <Result>(
  session: Session,
  task: (queries: Queries) => Promise<Result>,
): Promise<Result> =>
  session.transaction((queries, rows) => {
    if (rows.length === 0) throw fenced();
    return task(queries);
  }, lockHead(session.epoch));

/**
 * Runs a task while no other transaction writes events or to the audit log, with the last entry of the audit log.
 * @throws {FaultError} NODE_FENCED
 */
export const withHeadAndAudit = <Result>(
  session: Session,
  task: (queries: Queries, lastEntry: string | undefined) => Promise<Result>,
): Promise<Result> =>
  session.transaction(
    (queries, [row]) => {
      if (!row) throw fenced();
      return task(queries, row['value'] as string | undefined);
    },
    `with audit as (${LOCK_AUDIT}), log as (${lockHead(session.epoch, 'log_head, audit')}) select audit.value from log, audit`,
  );

/** The node was excluded, or has left: another one may decide about its calls. */
export const fenced = (): FaultError =>
  new FaultError('NODE_FENCED', 'the daemon was excluded from the database; nothing was written');

/** Takes the lock of the head; returns no row if the epoch may not write. */
export const lockHead = (epoch: number | undefined, tables = 'log_head'): string =>
  `select position from ${tables} where ${mayWrite(`${epoch ?? 'null'}::bigint`)} for update of log_head`;
