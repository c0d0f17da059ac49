/** The options of this plugin, as they stand in the configuration. */
import { Secret } from '@sidetone/core';
import { z } from 'zod';

const secret = z
  .string()
  .min(1)
  .transform((text) => new Secret(text));

const address = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text));

/** `.vapi.ai` (every host below it), `monitor.example.net` (that host) or `127.0.0.1:8080` (that host and port). */
const hostRule = z
  .string()
  .regex(
    /^(\.?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:\d{1,5})?$/i,
    'expected a host, host:port, or a suffix with a leading dot',
  )
  .transform((text) => text.toLowerCase());

export const optionsSchema = z.strictObject({
  /** The private key, for the REST API. */
  apiKey: secret,
  /** The public key: the credential of calls whose monitor authentication is on. */
  publicKey: secret.optional(),
  apiBaseUrl: address.prefault('https://api.vapi.ai'),
  webhook: z
    .strictObject({
      /** What Vapi sends verbatim as `x-vapi-secret`. Without it every webhook is believed. */
      secret: secret.optional(),
    })
    .prefault({}),
  /** Where a listen or control address may point: both come in webhooks, which anyone could forge. */
  monitorHosts: z.array(hostRule).default(['.vapi.ai']),
});

export type VapiOptions = z.output<typeof optionsSchema>;
