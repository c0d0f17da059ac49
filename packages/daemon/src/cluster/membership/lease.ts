/** The lease of a node, as it is stored in NATS. */

/** A node as the others see it. */
export interface NodeLease {
  readonly node: string;
  /** The number of this start of the node, from PostgreSQL. */
  readonly epoch: number;
  /** Different for each process. */
  readonly instance: string;
  /** The release of Sidetone. */
  readonly version: string;
  /** When the process started, epoch ms. */
  readonly startedAt: number;
  /** Whether the node accepts no further calls because it stops. */
  readonly isDraining: boolean;
  /** How long the node counts as living after a renewal, ms. */
  readonly leaseMs: number;
}

/** How often a lease is renewed in its time. */
export const RENEWALS_PER_LEASE = 4;

export const encodeLease = (lease: NodeLease): string => JSON.stringify(lease);

/** Returns undefined for a text that is no lease. Unknown keys, of a newer release, are ignored. */
export function decodeLease(text: string): NodeLease | undefined {
  let value: Partial<Record<keyof NodeLease, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { node, epoch, instance, version, startedAt, isDraining, leaseMs } = value;
  const isValid =
    typeof node === 'string' &&
    Number.isSafeInteger(epoch) &&
    typeof instance === 'string' &&
    typeof version === 'string' &&
    Number.isFinite(startedAt) &&
    typeof isDraining === 'boolean' &&
    Number.isFinite(leaseMs) &&
    (leaseMs as number) > 0;
  return isValid
    ? ({ node, epoch, instance, version, startedAt, isDraining, leaseMs } as NodeLease)
    : undefined;
}
