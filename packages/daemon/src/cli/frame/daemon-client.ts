/** Sends GraphQL operations to the running daemon. */
import { FaultError, FAULTS, messageOf, type FaultCode } from '@sidetone/core';

export interface DaemonClient {
  /** @throws {FaultError} DAEMON_UNREACHABLE, or the error of the daemon with its code. */
  query<Data>(text: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>;
}

interface ClientOptions {
  /** The address of the daemon, with or without a base path. */
  readonly url: string;
  /** Not an option of any command, because other users can see the arguments of a process. */
  readonly token?: string | undefined;
}

/** The longest time until a response, ms. Long queries of the history have 10 s in the daemon. */
const REQUEST_TIMEOUT_MS = 60_000;

interface GraphqlError {
  readonly message: string;
  readonly extensions?: { readonly code?: unknown; readonly scope?: unknown };
}

interface GraphqlResult {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlError[];
}

export function createDaemonClient({
  url,
  token = process.env['SIDETONE_TOKEN'],
}: ClientOptions): DaemonClient {
  const endpoint = endpointOf(url, 'graphql');
  return {
    async query<Data>(text: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
      const { data, errors } = await post(endpoint, token, { query: text, variables });
      const [error] = errors ?? [];
      if (error) throw faultOf(error, token);
      return data as Data;
    },
  };
}

/** Returns the URL of a path of the daemon. @throws {FaultError} INPUT_INVALID */
export function endpointOf(url: string, path: string): URL {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new FaultError(
      'INPUT_INVALID',
      `--url: expected an address such as http://127.0.0.1:4000/, received "${url}"`,
    );
  return new URL(path, url.endsWith('/') ? url : `${url}/`);
}

export const authorizationOf = (token: string | undefined): Record<string, string> =>
  token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };

/** Returns the error of the daemon; a failed sign-in names the variable of the token. */
export function faultOf({ message, extensions }: GraphqlError, token: string | undefined): FaultError {
  const code = isFaultCode(extensions?.code) ? extensions.code : 'INPUT_INVALID';
  if (code === 'AUTH_REQUIRED') {
    const reason = token ? 'the daemon does not know this access token' : 'not set';
    return new FaultError(code, `SIDETONE_TOKEN: ${reason}; expected an access token of this daemon`);
  }
  if (code === 'FORBIDDEN') {
    const scope = typeof extensions?.scope === 'string' ? extensions.scope.toLowerCase() : 'that is named';
    return new FaultError(
      code,
      `${message}; SIDETONE_TOKEN: expected an access token with the scope ${scope}`,
    );
  }
  return new FaultError(code, message);
}

async function post(endpoint: URL, token: string | undefined, body: unknown): Promise<GraphqlResult> {
  let response: Response;
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorizationOf(token) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  } catch (cause) {
    throw unreachable(endpoint, messageOf((cause as Error).cause ?? cause), cause);
  }
  const result = (await response.json().catch(() => undefined)) as GraphqlResult | undefined;
  if (result && (result.data !== undefined || result.errors)) return result;
  throw unreachable(endpoint, `HTTP status ${response.status} without a GraphQL result`);
}

export function unreachable(endpoint: URL, reason: string, cause?: unknown): FaultError {
  const { href } = new URL('.', endpoint);
  return new FaultError('DAEMON_UNREACHABLE', `no daemon answers at ${href} (${reason})`, { cause });
}

const isFaultCode = (code: unknown): code is FaultCode =>
  typeof code === 'string' && Object.hasOwn(FAULTS, code);
