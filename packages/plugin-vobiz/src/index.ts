import { defineProvider } from '@sidetone/core';
import { optionsSchema, type VobizOptions } from './config.ts';
import { CALL_ID } from './webhook/call-id.ts';
import { createProvider } from './provider.ts';

/** Vobiz: answer XML and its stream sockets in; REST out. */
export default defineProvider<VobizOptions>({
  name: 'vobiz',
  displayName: 'Vobiz',
  contract: 1,
  callIdPattern: CALL_ID,
  options: optionsSchema,
  create: createProvider,
});

export type { VobizOptions };
