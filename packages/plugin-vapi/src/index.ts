import { defineProvider } from '@sidetone/core';
import { optionsSchema, type VapiOptions } from './config.ts';
import { createProvider } from './provider.ts';

/** Vapi: webhooks and the listen socket in; REST and the control address out. */
export default defineProvider<VapiOptions>({
  name: 'vapi',
  displayName: 'Vapi',
  contract: 1,
  options: optionsSchema,
  create: createProvider,
});

export type { VapiOptions };
