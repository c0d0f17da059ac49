/** Plugins that throw, reject or never answer, and requests to them. */
import { providerCallId, type Call, type IngressRequest } from '@sidetone/core';
import { supervise, type Supervised } from './supervised.ts';

export const forever = (): Promise<never> => new Promise(() => undefined);
export const failing = (reason: string) => (): Promise<never> => Promise.reject(new Error(reason));
export const request = {
  method: 'POST',
  path: 'hook',
  body: new Uint8Array(),
} as Partial<IngressRequest> as IngressRequest;
export const call = { id: 'call_1', providerCallId: providerCallId('x'), status: 'IN_PROGRESS' } as Call;

export const raise = (): never => {
  throw new Error('unavailable');
};

/** Causes exceptions of a plugin whose `controlsFor` throws. */
export function throwTimes({ provider }: Supervised, times: number): void {
  for (let i = 0; i < times; i++) void provider.capabilitiesFor(call);
}

export const throwing = (): Supervised => supervise(() => ({ controlsFor: raise }));

export async function requestTimes({ provider }: Supervised, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await provider.request(request).catch(() => undefined);
}
