/** Addresses in the configuration. */
import { isIPv4 } from 'node:net';
import { z } from 'zod';

/** Returns whether a server that listens on `host` can be reached only from this machine. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

const error = 'an origin without a path, such as https://app.example.com';

/** The origin of a web page, exactly as a browser sends it. */
export const origin = z
  .string({ error })
  .refine((text) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text, { error });
