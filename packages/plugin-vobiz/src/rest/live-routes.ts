/**
 * Requests about live calls. Vobiz's sources disagree whether their paths end in a slash, and a wrong spelling may be
 * answered as if there were no such call. Before a 404 or an empty list is believed, the other spelling is requested, until
 * one of them has found a call of the account: then it is the right one.
 */
import { isFault } from '@sidetone/core';
import type { ProviderRequest, ProviderResponse } from '@sidetone/plugin-kit';
import { isGone, type Request } from './rest-client.ts';

/** How a path ends. */
type Ending = '/' | '';

/** The documentation's prose has the slash; the SDK and the OpenAPI file do not. */
const ENDINGS: readonly Ending[] = ['/', ''];

/** Statuses of a path that does not exist in this spelling: redirects to the other one, not found, method not allowed. */
const WRONG_PATH: ReadonlySet<unknown> = new Set([301, 302, 307, 308, 404, 405]);

export interface LiveRoutes {
  /**
   * Sends a request. Returns a response for which `isFound` holds, if a spelling has one; otherwise a 404 about the resource,
   * or another successful response.
   * @param path without its last slash.
   * @throws {FaultError} of kind `provider`, also if only one of the spellings could be requested.
   */
  request(
    method: ProviderRequest['method'],
    path: string,
    signal: AbortSignal,
    options?: { readonly query?: string; readonly isFound?: (response: ProviderResponse) => boolean },
  ): Promise<ProviderResponse>;
}

const exists = (response: ProviderResponse): boolean => !isGone(response);

/** Creates the routes of one account. They remember the right spelling once it is known. */
export function createLiveRoutes(request: Request): LiveRoutes {
  let known: Ending | undefined;

  /** Returns the spellings to request, in order. */
  const endings = (): readonly Ending[] =>
    known === undefined ? ENDINGS : [known, ...ENDINGS.filter((ending) => ending !== known)];

  return {
    async request(method, path, signal, { query = '', isFound = exists } = {}) {
      let answer: { readonly ending: Ending; readonly response: ProviderResponse } | undefined;
      let wrongPath: unknown;
      for (const ending of endings()) {
        try {
          const response = await request(method, path + ending + query, signal);
          if (isFound(response)) known = ending;
          if (known === ending) return response;
          answer ??= { ending, response };
        } catch (error) {
          if (!isFault(error) || !WRONG_PATH.has(error.details['status'])) throw error;
          wrongPath ??= error;
        }
      }
      if (!answer) throw wrongPath;
      if (wrongPath !== undefined) known = answer.ending;
      return answer.response;
    },
  };
}
