/** What a part of the composition needs: the environment of the daemon, and how components are registered. */
import type { InjectionToken } from 'tsyringe';
import type { Clock, IdSource, Logger } from '@sidetone/core';
import type { Redaction } from '../redaction/redaction.ts';
import type { Config } from '../config/schema.ts';
import type { ProcessCounts } from '../metrics/process-counts.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Duties } from '../duties/duties.ts';
import type { Store } from '../store/store.ts';
import * as tokens from '../tokens.ts';
import type { Tracing } from '../tracing/tracing.ts';

/** What the components get from outside: the configuration, and the impure parts that tests replace. */
export interface Environment {
  readonly config: Config;
  readonly store: Store;
  /** This node among the others; undefined without a cluster. */
  readonly cluster?: Cluster | undefined;
  /** The folder that plugin paths and packages are resolved from. */
  readonly baseDir: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Creates the logger of a component. */
  readonly log: (part: string) => Logger;
  /** The daemon's address as providers see it; known once the server listens. */
  readonly publicUrl: () => URL;
  readonly isReady: () => boolean;
  /** Undefined if nothing is redacted. */
  readonly redaction?: Redaction | undefined;
  /** Undefined if there are no traces. */
  readonly tracing?: Tracing | undefined;
  /** The version of the daemon. */
  readonly version: string;
  /** What the process counts outside of the daemon. */
  readonly process?: ProcessCounts;
}

export type Get = <Part>(token: InjectionToken<Part>) => Part;

/** Registers the factory of a component, which is called at most once per container. */
export type Register = <Part>(token: InjectionToken<Part>, create: (get: Get) => Part) => void;

/** Returns the duties of this node, for the dependencies of a component; nothing without a cluster. */
export function dutiesOf(get: Get): { readonly duties?: Duties } {
  const { active: duties } = get(tokens.DUTIES);
  return duties ? { duties } : {};
}

/** Returns an id by which the error of a request is found in the log. */
export const requestId = (ids: Environment['ids']): string => ids.command().slice(-12);
