/** The leases of the nodes in a bucket of JetStream. */
import type { KV, KvWatchEntry } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { LeaseListener, LeaseStore, StoredLease } from './ports.ts';

/** How long a request to JetStream may take, ms. */
export const LEASE_REQUEST_MS = 2000;
/** `err_code` of the JetStream API: the value has another revision. */
const WRONG_LAST_SEQUENCE = 10071;

export interface KvLeasesOptions {
  readonly client: NatsConnection;
  readonly bucket: string;
  /** Values that are older are deleted by the servers, ms. Nothing depends on it but the space. */
  readonly leaseMs: number;
  readonly replicas: number;
}

export class KvLeases implements LeaseStore {
  readonly #options: KvLeasesOptions;
  #opened: KV | undefined;

  constructor(options: KvLeasesOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { client, bucket, leaseMs, replicas } = this.#options;
    const [{ Kvm }, { jetstream, jetstreamManager }] = await Promise.all([
      import('@nats-io/kv'),
      import('@nats-io/jetstream'),
    ]);
    const requests = { timeout: LEASE_REQUEST_MS };
    const opened = await new Kvm(jetstream(client, requests)).create(bucket, {
      ttl: leaseMs,
      replicas,
      history: 1,
    });
    const manager = await jetstreamManager(client, requests);
    const name = `KV_${bucket}`;
    const { config } = await manager.streams.info(name);
    const maxAge = leaseMs * 1e6;
    // The leases have become longer.
    if (config.max_age < maxAge) await manager.streams.update(name, { max_age: maxAge });
    this.#opened = opened;
  }

  create(node: string, text: string): Promise<number | undefined> {
    return unlessOther(this.#kv.create(node, text));
  }

  update(node: string, text: string, revision: number): Promise<number | undefined> {
    return unlessOther(this.#kv.update(node, text, revision, LEASE_REQUEST_MS));
  }

  async get(node: string): Promise<StoredLease | undefined> {
    const entry = await this.#kv.get(node);
    return entry?.operation === 'PUT' ? { text: entry.string(), revision: entry.revision } : undefined;
  }

  async delete(node: string, revision: number): Promise<void> {
    await unlessOther(this.#kv.delete(node, { previousSeq: revision }));
  }

  async watch(listener: LeaseListener): Promise<() => void> {
    const entries = await this.#kv.watch();
    const read = async (): Promise<void> => {
      for await (const entry of entries) report(entry, listener);
    };
    void read().then(
      () => listener.ended(),
      () => listener.ended(),
    );
    return () => entries.stop();
  }

  get #kv(): KV {
    if (!this.#opened) throw new Error('the bucket of the leases is not open');
    return this.#opened;
  }
}

function report(entry: KvWatchEntry, listener: LeaseListener): void {
  const { key, operation, revision } = entry;
  if (operation === 'PUT') listener.stored(key, { text: entry.string(), revision });
  else listener.deleted(key);
}

/** Resolves with undefined if the value has another revision. */
async function unlessOther<Result>(request: Promise<Result>): Promise<Result | undefined> {
  try {
    return await request;
  } catch (error) {
    if ((error as { code?: unknown }).code === WRONG_LAST_SEQUENCE) return undefined;
    throw error;
  }
}
