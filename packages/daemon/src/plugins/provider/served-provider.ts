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
import type { NowOrLater } from '../../now-or-later.ts';

export interface ServedProvider extends Omit<Provider, 'controlsFor' | 'ingress'> {
  controlsFor?(call: ControlledCall): NowOrLater<readonly Capability[]>;
  readonly ingress?: ServedIngress;
}

export interface ServedIngress extends Omit<Ingress, 'admitRequest' | 'admitSocket'> {
  admitRequest?(request: IngressRequestHead): NowOrLater<Admission>;
  admitSocket?(request: IngressRequest): NowOrLater<Admission>;
}
