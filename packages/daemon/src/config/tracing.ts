/** `tracing` of the configuration file. */
import { z } from 'zod';
import { mapping } from './values.ts';

const urlError = 'the http or https URL of a collector, such as http://127.0.0.1:4318';
const nameError = 'a non-empty string';
const sampleError = 'a number from 0 to 1';
const headersError = 'a mapping of header names to values';
const HEADER_NAME = /^[A-Za-z0-9-]+$/;
/** The path at which collectors receive traces. */
const TRACES_PATH = '/v1/traces';

/** A number from an environment variable is a string. */
const share = z.preprocess(
  (value) => (typeof value === 'string' && /^[0-9.]+$/.test(value) ? Number(value) : value),
  z.number({ error: sampleError }).min(0, { error: sampleError }).max(1, { error: sampleError }),
);

export const tracing = mapping({
  /** The collector that receives spans as OTLP over HTTP. Without it, there are no traces. */
  url: z
    .url({ protocol: /^https?$/, error: urlError })
    .transform((text) => {
      const url = new URL(text);
      if (url.pathname === '/') url.pathname = TRACES_PATH;
      return url;
    })
    .optional(),
  headers: z
    .record(z.string().regex(HEADER_NAME, { error: headersError }), z.string({ error: headersError }), {
      error: headersError,
    })
    .default({}),
  /** The share of traces that are sent. */
  sample: share.default(1),
  serviceName: z.string({ error: nameError }).min(1, { error: nameError }).default('sidetone'),
});

export type TracingSettings = z.output<typeof tracing>;
