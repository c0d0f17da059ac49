/** Addresses in the configuration: where the daemon listens, and whose pages may ask it. */
import { isIPv4 } from 'node:net';
import { z } from 'zod';

/** Whether only programs of this machine reach what listens on `host`. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

const error = 'an origin, like https://app.example.com, without a path';

/** A page's origin, exactly as a browser sends it. */
export const origin = z
  .string({ error })
  .refine((text) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text, { error });
