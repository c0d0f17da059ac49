/** What the daemon needs of its store: a file of SQLite, or a database server. Opened before everything else, closed after it. */
import type { LogFields } from '@sidetone/core';
import type { AuditLog } from '../access/audit.ts';
import type { TokenStore } from '../access/tokens/stored-token.ts';
import type { WaveformStore } from '../audio/ports.ts';
import type { CallReads } from '../calls/loading/ports.ts';
import type { CallLedger, EventLog, SharedLog } from '../calls/ports.ts';
import type { DutyLeases } from '../duties/held-duties.ts';
import type { LeftCalls } from '../calls/takeover/ports.ts';
import type { History } from '../history/ports.ts';
import type { StateStore } from '../plugins/ports.ts';
import type { RecordingRows } from '../recording/ports.ts';
import type { CallClaims } from './postgres/nodes/claims.ts';
import type { Secrets } from './secrets.ts';
import type { StoreHealth } from './store-health.ts';

/** The connections of one kind. */
export interface PoolUse {
  readonly pool: string;
  /** Connections in use and free ones, and statements that wait for one. */
  readonly used: number;
  readonly idle: number;
  readonly waiting: number;
}

/** This daemon among those that may write to a database. */
export interface StoreMember {
  /** The number of this start. */
  readonly epoch: number;
  /** Which calls this node decides about; undefined without a cluster. */
  readonly claims: CallClaims | undefined;
  /** Which duties it has; undefined without a cluster: all of them. */
  readonly duties: DutyLeases | undefined;
  /** What other nodes have left; undefined without a cluster. */
  readonly left: LeftCalls | undefined;
  /** Whether no other node was running when this one joined. */
  readonly isAlone: boolean;
}

export interface Store {
  readonly ledger: CallLedger;
  /** What decisions about calls read. */
  readonly reads: CallReads;
  readonly eventLog: EventLog;
  /** Undefined if no other daemon can write to it. */
  readonly member?: StoreMember;
  /** What other nodes write too; missing if they cannot. */
  readonly sharedLog?: SharedLog;
  /** The newest position of the event log when the store was opened. */
  readonly startPosition: number;
  readonly history: History;
  readonly audit: AuditLog;
  /** The durable key/value store of plugins. */
  readonly state: StateStore;
  readonly accessTokens: TokenStore;
  readonly waveforms: WaveformStore;
  readonly recordings: RecordingRows;
  readonly health: Pick<StoreHealth, 'failure' | 'failures'>;
  /** Where the data is and what its opening did, for the report of a start. Contains no secrets. */
  readonly description: LogFields;
  /** The database file; undefined if a server keeps the data. */
  readonly file?: string;
  /** Returns a random key of the daemon, which is created the first time. @throws {FaultError} of kind store. */
  readonly secret: Secrets;
  /** Returns the number of queries of history that wait for others. */
  waitingQueries(): number;
  /** The connections to a server; none if there is no server. */
  connections(): readonly PoolUse[];
  /** Starts the checks and the upkeep that the store needs while the daemon runs. */
  start(): void;
  /** Ends queries and upkeep, and closes the database. */
  close(): Promise<void>;
}
