/** Verifies the chain of the audit log, entry by entry, the oldest first. Pure. */
import { decodeLink, hashOf, START, type AuditRow, type Link } from './log.ts';

export interface AuditVerification {
  readonly intact: boolean;
  /** The first entry that was changed or is missing. */
  readonly brokenAt?: number;
  readonly entries: number;
  /** Sequence number and hash of the last entry. Kept elsewhere, it shows later that nothing before it was changed. */
  readonly head: Link;
}

export class ChainCheck {
  readonly #tail: Link;
  readonly #head: Link;
  #last: Link;
  /** What the last entry about deleted entries says. */
  #checkpoint: Link | undefined;
  #isBroken = false;

  /** @param links the rows `audit_tail` and `audit_head` of `meta` */
  constructor({ tail, head }: { readonly tail: string | undefined; readonly head: string | undefined }) {
    this.#tail = decodeLink(tail) ?? START;
    this.#head = decodeLink(head) ?? START;
    this.#last = this.#tail;
  }

  /** Returns whether the entry continues the chain; nothing after one that does not matters. */
  add(row: AuditRow): boolean {
    const { seq, hash } = this.#last;
    this.#isBroken ||= row.seq !== seq + 1 || row.hash !== hashOf(row, hash);
    if (this.#isBroken) return false;
    this.#last = row;
    if (row.action === 'AUDIT_EXPIRED') this.#checkpoint = JSON.parse(row.details ?? '{}') as Link;
    return true;
  }

  result(): AuditVerification {
    const brokenAt = this.#brokenAt();
    const isIntact = brokenAt === undefined;
    return {
      intact: isIntact,
      ...(!isIntact && { brokenAt }),
      entries: this.#last.seq - this.#tail.seq,
      head: this.#head,
    };
  }

  #brokenAt(): number | undefined {
    const next = this.#last.seq + 1;
    if (this.#isBroken) return next;
    // Earlier releases deleted entries without an entry about it.
    if (this.#checkpoint && !isSame(this.#checkpoint, this.#tail)) return this.#tail.seq;
    return isSame(this.#last, this.#head) ? undefined : next;
  }
}

const isSame = (one: Link, other: Link): boolean => one.seq === other.seq && one.hash === other.hash;
