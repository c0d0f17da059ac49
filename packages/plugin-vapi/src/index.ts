import { defineProvider } from '@sidetone/core';
import { optionsSchema, type VapiOptions } from './config.ts';
import { createProvider } from './provider.ts';

/** Vapi calls: webhooks, the listen and transport sockets, the REST API and the control URLs. */
export default defineProvider<VapiOptions>({
  name: 'vapi',
  displayName: 'Vapi',
  contract: 1,
  options: optionsSchema,
  create: createProvider,
});

export type { VapiOptions };
