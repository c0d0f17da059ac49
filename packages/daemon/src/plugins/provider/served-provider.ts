/**
 * A provider as the daemon calls it: the object of a plugin, or one that asks the plugin in a thread. The latter's decisions
 * take a message each, so they are promises.
 */
import type {
  Admission,
  Capability,
  ControlledCall,
  Ingress,
  IngressRequest,
  IngressRequestHead,
  Provider,
} from '@sidetone/core';

/** A value that is there, or will be. */
export type Soon<Value> = Value | Promise<Value>;

export interface ServedProvider extends Omit<Provider, 'controlsFor' | 'ingress'> {
  controlsFor?(call: ControlledCall): Soon<readonly Capability[]>;
  readonly ingress?: ServedIngress;
}

export interface ServedIngress extends Omit<Ingress, 'admitRequest' | 'admitSocket'> {
  admitRequest?(request: IngressRequestHead): Soon<Admission>;
  admitSocket?(request: IngressRequest): Soon<Admission>;
}

/** Passes on a value: at once if it is there. */
export function mapSoon<From, To>(value: Soon<From>, map: (value: From) => To): Soon<To> {
  return value instanceof Promise ? value.then(map) : map(value);
}
