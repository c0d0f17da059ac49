/** What went wrong with a request, as a code to act on and words to show. */
import type { CombinedError } from 'urql';

export interface ApiError {
  /** Of the API; `NETWORK` when it was not reached. */
  readonly code: string;
  readonly message: string;
  /** What to do about it, as the API says. */
  readonly remedy?: string;
}

const NETWORK_ERROR: ApiError = {
  code: 'NETWORK',
  message: 'The daemon does not answer.',
  remedy: 'Check that it runs and that this machine reaches it.',
};

/** The first error of an answer, in words. */
export function toApiError(error: Pick<CombinedError, 'graphQLErrors' | 'response'>): ApiError {
  const [first] = error.graphQLErrors;
  const status = (error.response as Response | undefined)?.status;
  if (!first)
    return status === 401 ? { code: 'AUTH_REQUIRED', message: 'A token is needed.' } : NETWORK_ERROR;
  const { code, remedy } = first.extensions;
  return {
    code: typeof code === 'string' ? code : 'UNKNOWN',
    message: toSentence(first.message),
    ...(typeof remedy === 'string' && { remedy }),
  };
}

/** A message of the API as a sentence of ours. */
export function toSentence(message: string): string {
  const text = message.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
