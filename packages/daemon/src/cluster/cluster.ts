/** This node in its cluster: what connects it to the others. Opened before the store, whose epoch it needs to become a member. */
import { randomBytes } from 'node:crypto';
import type { Clock, Logger } from '@sidetone/core';
import type { Owner } from '../calls/loading/ports.ts';
import type {
  PeerHandlers,
  PeerReplies,
  PeerRequestName,
  PeerRequests,
  Peers,
} from '../calls/owners/peers.ts';
import type { ClusterSettings } from '../config/cluster.ts';
import { Erasures } from './announcements/erasures.ts';
import { Positions } from './announcements/positions.ts';
import { connectToCluster } from './connection/connect.ts';
import type { ClusterConnection } from './connection/connection.ts';
import { joinCluster } from './membership/join-cluster.ts';
import type { Membership } from './membership/membership.ts';
import type { RequestOf, TraceContext } from './messages/kinds.ts';
import { Requests } from './messages/requests.ts';
import { Responder } from './messages/responder.ts';
import { PEER_KINDS, type PeerKinds } from './peer-kinds.ts';
import { RelayPublisher } from './relay/publisher.ts';
import { RemoteDemand } from './relay/remote-demand.ts';
import { RelaySubscriber } from './relay/subscriber.ts';
import { subjectsOf, type Subjects } from './subjects.ts';

export interface ClusterDeps {
  /** The release. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Undefined if there are no traces. */
  readonly trace?: TraceContext | undefined;
}

/** Live data that crosses nodes while somebody needs it. */
export interface Relay {
  readonly demand: RemoteDemand;
  readonly publisher: RelayPublisher;
  readonly subscriber: RelaySubscriber;
}

export class Cluster implements Peers {
  readonly settings: ClusterSettings;
  readonly subjects: Subjects;
  /** Different for each process. */
  readonly instance = randomBytes(9).toString('hex');
  readonly connection: ClusterConnection;
  readonly requests: Requests<PeerKinds>;
  readonly positions: Positions;
  readonly erasures: Erasures;
  readonly relay: Relay;
  readonly #deps: ClusterDeps;
  #membership: Membership | undefined;
  #responder: Responder<PeerKinds> | undefined;

  /** @throws {FaultError} of the connection to NATS, with what to do. */
  static async connect(settings: ClusterSettings, deps: ClusterDeps): Promise<Cluster> {
    return new Cluster(await connectToCluster(settings, deps), settings, deps);
  }

  private constructor(connection: ClusterConnection, settings: ClusterSettings, deps: ClusterDeps) {
    const { clock, trace } = deps;
    const subjects = subjectsOf(settings.name);
    const { instance } = this;
    const part = { wire: connection, subjects, instance, clock };
    this.#deps = deps;
    this.settings = settings;
    this.subjects = subjects;
    this.connection = connection;
    this.requests = new Requests({ ...part, trace, kinds: PEER_KINDS });
    this.positions = new Positions(part);
    this.erasures = new Erasures(part);
    const demand = new RemoteDemand(part);
    const publisher = new RelayPublisher({ ...part, demand });
    this.relay = { demand, publisher, subscriber: new RelaySubscriber(part) };
  }

  /** The lease of this node and the view of the others; undefined until this node is a member. */
  get membership(): Membership | undefined {
    return this.#membership;
  }

  /** Undefined until requests of others are handled. */
  get responder(): Responder<PeerKinds> | undefined {
    return this.#responder;
  }

  /**
   * Makes this node a member. @param epoch the number of this start in the store
   * @throws {FaultError} CLUSTER_NODE_NAME_TAKEN, or an error of NATS
   */
  async join(epoch: number): Promise<void> {
    const { version, clock, log } = this.#deps;
    const { settings, connection, instance } = this;
    const identity = { epoch, instance, version, startedAt: clock.now() };
    this.#membership = await joinCluster(identity, { settings, connection, clock, log });
  }

  /** From now on requests of other nodes are handled. @param epoch that of `join` */
  serve(epoch: number, handlers: PeerHandlers): void {
    const { connection: wire, subjects, settings } = this;
    const address = { node: settings.node, epoch };
    this.#responder = new Responder<PeerKinds>({ ...this.#deps, wire, subjects, address, handlers });
  }

  request<Name extends PeerRequestName>(
    owner: Owner,
    name: Name,
    request: PeerRequests[Name],
    waitMs?: number,
  ): Promise<PeerReplies[Name]> {
    // The compiler does not resolve the kind of an open name.
    const sent = request as RequestOf<PeerKinds[Name]>;
    return this.requests.send(owner, name, sent, waitMs) as Promise<PeerReplies[Name]>;
  }

  /** Requests of other nodes are rejected from now on: the stop has begun. */
  endService(): void {
    this.#responder?.close();
  }

  /** Gives up the lease, and disconnects. Call it when this node has left the store. Never rejects. */
  async close(): Promise<void> {
    this.endService();
    await this.#membership?.stop();
    this.requests.close();
    this.positions.close();
    this.erasures.close();
    this.relay.subscriber.close();
    this.relay.demand.close();
    await this.connection.close();
  }
}
