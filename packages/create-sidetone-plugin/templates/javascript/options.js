/** What an operator writes under `options` in sidetone.yaml. */
import { Secret } from '@sidetone/core';
import { z } from 'zod';

const secret = z
  .string()
  .min(1)
  .transform((text) => new Secret(text));

export const options = z.strictObject({
  apiKey: secret,
  webhookSecret: secret,
  apiBaseUrl: z.url().default('https://api.acme.example'),
});
