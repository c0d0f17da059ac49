/**
 * The rows that transactions lock, for `first` of a transaction. All transactions take the locks in the same order, so none waits
 * for one that waits for it: the audit log, the head of the event log, then any other row.
 */

/** Until the end of the transaction, no other one writes events. */
export const LOCK_HEAD = 'select position from log_head for update';

/** Until the end of the transaction, no other one writes to the audit log. Returns its last entry. */
export const LOCK_AUDIT = "select value from meta where key = 'audit_head' for update";

/** Both. Returns the last entry of the audit log. */
export const LOCK_ALL = `with head as (${LOCK_AUDIT}), log as (select position from log_head, head for update of log_head)
  select head.value from head, log`;
