import { defineProvider } from '@sidetone/core';
import { optionsSchema, type VapiOptions } from './config.ts';
import { CALL_ID } from './calls/call-id.ts';
import { createProvider } from './provider.ts';

/** Vapi calls: webhooks, the listen and transport sockets, the REST API and the control URLs. */
export default defineProvider<VapiOptions>({
  name: 'vapi',
  displayName: 'Vapi',
  contract: 1,
  callIdPattern: CALL_ID,
  options: optionsSchema,
  create: createProvider,
});

export type { VapiOptions };
