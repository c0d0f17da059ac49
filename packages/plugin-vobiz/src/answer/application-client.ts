/**
 * The user's own application, which says what is done with a call: asked as Vobiz would ask it, and not for long, for a
 * caller waits. What it says is not looked at here.
 */
import { FaultError, isFault, messageOf, type ProviderHost } from '@sidetone/core';
import { readBody, USER_AGENT } from '@sidetone/plugin-kit';
import { MAX_ANSWER_BYTES } from './xml-merge.ts';

/** How long the application may take with news that nobody waits for, ms. */
export const NEWS_TIMEOUT_MS = 5000;

export interface ApplicationDeps {
  readonly host: Pick<ProviderHost, 'fetch' | 'clock' | 'log'>;
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  /** How long an answer may take, to its last byte. */
  readonly timeoutMs: number;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

export interface Application {
  /** What it answers to a webhook. @throws {FaultError} of kind `provider` or `wire` when there is no answer to use. */
  ask(fields: URLSearchParams): Promise<Uint8Array>;
  /** Tells it of something, in the background. */
  tell(fields: URLSearchParams): void;
}

/** An application that nothing is known of. */
export function createApplication({ host, url, method, timeoutMs, signal }: ApplicationDeps): Application {
  async function send(fields: URLSearchParams, giveUp: AbortSignal): Promise<Uint8Array> {
    const asked = new URL(url);
    if (method === 'GET') for (const [name, value] of fields) asked.searchParams.append(name, value);
    const response = await host.fetch(asked, {
      method,
      headers: {
        'user-agent': USER_AGENT,
        ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      // It would lead to an address that nobody configured, with the numbers of the call.
      redirect: 'manual',
      signal: giveUp,
      ...(method === 'POST' && { body: fields.toString() }),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new FaultError('PROVIDER_REFUSED', `the application answered ${response.status}`);
    }
    const body = await readBody(response, MAX_ANSWER_BYTES, giveUp);
    if (!body) {
      throw new FaultError('WIRE_TOO_LARGE', `the application answered more than ${MAX_ANSWER_BYTES} bytes`);
    }
    return body;
  }

  async function within(fields: URLSearchParams, deadlineMs: number): Promise<Uint8Array> {
    const deadline = new AbortController();
    let cancel = (): void => undefined;
    // Not left to the request alone: a body that never ends would hold it.
    const late = new Promise<never>((_resolve, reject) => {
      cancel = host.clock.schedule(deadlineMs, () => {
        deadline.abort();
        reject(new FaultError('PROVIDER_TIMEOUT', `the application did not answer within ${deadlineMs} ms`));
      });
    });
    try {
      return await Promise.race([send(fields, AbortSignal.any([deadline.signal, signal])), late]);
    } catch (error) {
      if (isFault(error)) throw error;
      throw new FaultError('PROVIDER_UNREACHABLE', 'the application could not be reached', { cause: error });
    } finally {
      cancel();
    }
  }

  return {
    ask: (fields) => within(fields, timeoutMs),
    tell(fields) {
      within(fields, NEWS_TIMEOUT_MS).catch((error: unknown) => {
        const code = isFault(error) ? error.code : messageOf(error);
        host.log.debug('the application could not be told of the end of a call', { code });
      });
    },
  };
}
