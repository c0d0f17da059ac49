/** Errors of the API, as a code to act on and a message to show. */
import type { CombinedError } from 'urql';

export interface ApiError {
  /** The code of the API, or `NETWORK` if the daemon is unreachable. */
  readonly code: string;
  readonly message: string;
  /** What to do about it, from the API. */
  readonly remedy?: string;
}

const NETWORK_ERROR: ApiError = {
  code: 'NETWORK',
  message: 'The daemon is not reachable.',
  remedy: 'Check that the daemon is running and that this machine can connect to it.',
};

/** Returns the first error of a response. */
export function toApiError(error: Pick<CombinedError, 'graphQLErrors' | 'response'>): ApiError {
  const [first] = error.graphQLErrors;
  const status = (error.response as Response | undefined)?.status;
  if (!first)
    return status === 401
      ? { code: 'AUTH_REQUIRED', message: 'An access token is required.' }
      : NETWORK_ERROR;
  const { code, remedy } = first.extensions;
  return {
    code: typeof code === 'string' ? code : 'UNKNOWN',
    message: toSentence(first.message),
    ...(typeof remedy === 'string' && { remedy }),
  };
}

/** Returns an API message with a capital letter and a full stop. */
export function toSentence(message: string): string {
  const text = message.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
