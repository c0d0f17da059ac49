/**
 * Which node decides about a call. A load claims the call if no member owns it. The statement reads the call as it was when it
 * began, perhaps before the last owner stored its last event; therefore the call is read again after a claim, except if there
 * was neither an owner nor a call: then there is nothing that could be old.
 */
import {
  FaultError,
  messageOf,
  type Clock,
  type Logger,
  type ProviderCallId,
  type ProviderId,
} from '@sidetone/core';
import { refKey, type CallRef, type ProviderCallRef } from '../../../calls/loading/call-ref.ts';
import type { Owner } from '../../../calls/loading/ports.ts';
import { fenced } from '../connection/locks.ts';
import type { Session } from '../connection/session.ts';
import { isDead } from './members.ts';

/** Calls that are released with one statement. */
export const MAX_RELEASED = 500;
/** How long released calls wait for others to share their statement, ms. */
const RELEASE_MS = 1000;
/** Whether a call is live, or has anything that the end of its owner leaves open: such rows of owners are not deleted. */
export const HAS_OPEN = `(c.status <> 'ENDED'
  or exists (select 1 from streams as s where s.call_id = c.id and s.ended_at is null)
  or exists (select 1 from commands as m where m.call_id = c.id and m.status = 'REQUESTED')
  or exists (select 1 from listenings as l where l.call_id = c.id and l.ended_at is null))`;
/** How often a claim is repeated that came between two changes of the owner. */
const ATTEMPTS = 5;

/** The call that a statement is about. Its parameters begin with a number. */
const byId = (n: number): string => `select provider_id, provider_call_id from calls where id = $${n}`;
const byProviderCall = (n: number): string =>
  `select $${n}::text as provider_id, $${n + 1}::text as provider_call_id`;

/** Returns the text of a claim, with what it returns about the call besides. */
export const claimText = (
  isById: boolean,
): string => `with target as (${isById ? byId(2) : byProviderCall(2)}),
  seen as (select o.epoch, n.name, o.epoch = any(h.members) as "isMember"
    from log_head as h, call_owners as o join target as t using (provider_id, provider_call_id)
    left join nodes as n on n.epoch = o.epoch),
  claimed as (
    insert into call_owners (provider_id, provider_call_id, epoch)
    select provider_id, provider_call_id, $1::bigint from target, log_head where $1::bigint = any(members)
    on conflict (provider_id, provider_call_id) do update set epoch = excluded.epoch
    where call_owners.epoch <> excluded.epoch and ${isDead('call_owners')} returning 1
  )
  select $1::bigint = any(h.members) as "mayWrite", target.provider_id as "providerId", target.provider_call_id as "providerCallId",
    exists (select 1 from claimed) as "isClaimed", seen.epoch, seen.name, coalesce(seen."isMember", false) as "isOwned",
    exists (select 1 from calls join target using (provider_id, provider_call_id)) as "hasCall"
  from log_head as h left join seen on true left join target on true`;

const ownerText = (isById: boolean): string => `with target as (${isById ? byId(1) : byProviderCall(1)})
  select o.epoch, n.name, coalesce(o.epoch = any(h.members), false) as "isMember"
  from target as t cross join log_head as h
  left join call_owners as o using (provider_id, provider_call_id) left join nodes as n on n.epoch = o.epoch`;

interface Claim {
  readonly mayWrite: boolean;
  /** Null if there is no call with the id. */
  readonly providerId: ProviderId | null;
  readonly providerCallId: ProviderCallId | null;
  readonly isClaimed: boolean;
  readonly epoch: number | null;
  readonly name: string | null;
  readonly isOwned: boolean;
  readonly hasCall: boolean;
}

export interface CallClaimsDeps {
  readonly session: Session;
  readonly clock: Pick<Clock, 'schedule'>;
  readonly log: Pick<Logger, 'warn'>;
}

export class CallClaims {
  readonly #deps: CallClaimsDeps;
  readonly #released = new Map<string, ProviderCallRef>();
  #releasing: Promise<void> | undefined;
  /** Statements that released calls. */
  #releases = 0;
  #cancel: (() => void) | undefined;
  #successor: () => Owner | undefined = () => undefined;
  /** Calls whose last owner has left, until what it had open is ended. */
  readonly #left = new Set<string>();
  /** Calls claimed and released since the start. */
  readonly counts = { claimed: 0, released: 0 };

  constructor(deps: CallClaimsDeps) {
    this.#deps = deps;
  }

  /** From now on, calls that this node would claim go to the node that the function returns; undefined: they are claimed. */
  passTo(successor: () => Owner | undefined): void {
    this.#successor = successor;
  }

  /**
   * Claims a call. Returns its owner if that is another node, NEW if this node owns it and nothing of it was stored, or else
   * OWNED: it can be read now. LEFT is the same, of a call whose last owner has left: until `recovered` is called, what it had
   * open has to be ended. @throws {FaultError} NODE_FENCED, or another one of kind store.
   * @param isHere whether this node has to own it, whatever `passTo` says
   */
  async claim(ref: CallRef, isHere = false): Promise<Owner | 'NEW' | 'OWNED' | 'LEFT'> {
    const { session } = this.#deps;
    const { epoch } = session;
    const other = isHere ? undefined : await this.#passed(ref);
    if (other) return other;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      await this.#releasing;
      const releases = this.#releases;
      const [claim] = await session.rows<Claim & Record<string, unknown>>({
        name: typeof ref === 'string' ? 'claim_call' : 'claim_provider_call',
        text: claimText(typeof ref === 'string'),
        values: [epoch, ...(typeof ref === 'string' ? [ref] : [ref.providerId, ref.providerCallId])],
      });
      if (!claim?.mayWrite) throw fenced();
      const { providerId, providerCallId } = claim;
      if (providerId === null || providerCallId === null) return 'NEW';
      const key = refKey({ providerId, providerCallId });
      this.#released.delete(key);
      if (claim.isClaimed && claim.epoch !== null) this.#left.add(key);
      // This node has released the call meanwhile, or another one.
      if (this.#releases !== releases) continue;
      if (claim.isClaimed) {
        this.counts.claimed += 1;
        if (claim.epoch === null && !claim.hasCall) return 'NEW';
        return this.#left.has(key) ? 'LEFT' : 'OWNED';
      }
      if (claim.epoch !== epoch && claim.isOwned) return { node: claim.name ?? '', epoch: claim.epoch! };
      if (claim.epoch === epoch) return this.#left.has(key) ? 'LEFT' : 'OWNED';
    }
    throw new FaultError('STORE_BUSY', 'the owner of the call changes all the time');
  }

  /** Returns the owner of a call, or the node that shall be it; undefined if it is this node. */
  async #passed(ref: CallRef): Promise<Owner | undefined> {
    const successor = this.#successor();
    if (!successor) return undefined;
    const { session } = this.#deps;
    const isById = typeof ref === 'string';
    const [row] = await session.rows<{ epoch: number | null; name: string | null; isMember: boolean }>({
      name: isById ? 'owner_of_call' : 'owner_of_provider_call',
      text: ownerText(isById),
      values: isById ? [ref] : [ref.providerId, ref.providerCallId],
    });
    if (!row || row.epoch === session.epoch) return undefined;
    return row.isMember ? { node: row.name ?? '', epoch: row.epoch! } : successor;
  }

  /** Returns whether a call had been left: only the first time, so that what was open is ended once. */
  recovered(ref: ProviderCallRef): boolean {
    return this.#left.delete(refKey(ref));
  }

  /** Notes calls that no node owns although something of them is open. */
  expectLeft(refs: readonly ProviderCallRef[]): void {
    for (const ref of refs) this.#left.add(refKey(ref));
  }

  /** Releases calls soon, several with one statement. */
  release(refs: readonly ProviderCallRef[]): void {
    for (const { providerId, providerCallId } of refs)
      this.#released.set(refKey({ providerId, providerCallId }), { providerId, providerCallId });
    if (this.#released.size >= MAX_RELEASED && !this.#releasing) void this.#flush();
    else if (this.#released.size > 0)
      this.#cancel ??= this.#deps.clock.schedule(RELEASE_MS, () => void this.#flush());
  }

  /** Releases a call. @throws {FaultError} of kind store: then it may be released or not. */
  async releaseNow({ providerId, providerCallId }: ProviderCallRef): Promise<void> {
    await this.#releasing;
    await this.#delete([{ providerId, providerCallId }]);
  }

  /** Deletes the rows of nodes that are no members, up to a limit, except those of calls that have to be taken over. Returns how many. */
  sweep(limit: number): Promise<number> {
    return this.#deps.session.run({
      name: 'sweep_owners',
      text: `delete from call_owners where ctid in (select o.ctid from call_owners as o where ${isDead('o')}
        and not exists (select 1 from calls as c where c.provider_id = o.provider_id
          and c.provider_call_id = o.provider_call_id and ${HAS_OPEN}) limit $1)`,
      values: [limit],
    });
  }

  close(): void {
    this.#cancel?.();
  }

  /** Never rejects. */
  async #flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#releasing) return this.release([]);
    const refs = [...this.#released.values()].slice(0, MAX_RELEASED);
    if (refs.length === 0) return;
    for (const ref of refs) this.#released.delete(refKey(ref));
    try {
      await this.#delete(refs);
    } catch (error) {
      this.#deps.log.warn('releasing calls failed, retrying', {
        calls: refs.length,
        reason: messageOf(error),
      });
      this.release(refs);
      return;
    }
    if (this.#released.size > 0) this.release([]);
  }

  async #delete(refs: readonly ProviderCallRef[]): Promise<void> {
    const { session } = this.#deps;
    const deleting = session.rows<{ n: number }>({
      name: 'release_calls',
      text: `with released as (
          delete from call_owners using unnest($1::text[], $2::text[]) as r(provider, call)
          where provider_id = r.provider and provider_call_id = r.call and epoch = $3 returning 1
        )
        select count(*) as n from released`,
      values: [refs.map((ref) => ref.providerId), refs.map((ref) => ref.providerCallId), session.epoch],
    });
    this.#releases += 1;
    const settled = deleting.then(
      () => undefined,
      () => undefined,
    );
    this.#releasing = settled;
    try {
      this.counts.released += (await deleting)[0]!.n;
    } finally {
      this.#releases += 1;
      if (this.#releasing === settled) this.#releasing = undefined;
    }
  }
}
