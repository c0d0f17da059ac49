/** Errors of requests that clients send, and of the state that they meet. */
import type { CatalogueEntry } from './entry.ts';

export const REQUEST_FAULTS = {
  INPUT_INVALID: { kind: 'input', retryable: false, remedy: 'Correct the argument that the message names.' },
  CURSOR_INVALID: {
    kind: 'input',
    retryable: false,
    remedy: 'Get a new cursor from `latestCursor` or from a list of this daemon, and start from there.',
  },
  CURSOR_LOG_REPLACED: {
    kind: 'input',
    retryable: false,
    remedy:
      'Read `latestCursor`, then a snapshot with `calls` or `liveCalls`, replace what was kept from events, and continue from that cursor.',
  },
  REQUEST_FORBIDDEN: {
    kind: 'input',
    retryable: false,
    remedy:
      'Send the request from a page of this daemon, from a loopback address, without an Origin header, or from an origin in `server.cors.origins`. Requests through a proxy need `auth.tokens`.',
  },
  AUTH_REQUIRED: {
    kind: 'input',
    retryable: false,
    remedy:
      'Send an access token of this daemon: `Authorization: Bearer <token>`, or `authorization` with the same value in the payload of `connection_init`.',
  },
  UPGRADE_REQUIRED: {
    kind: 'input',
    retryable: false,
    remedy:
      'Open a WebSocket. If the client did, configure the proxy in front of the daemon to use HTTP/1.1 and to forward the headers `Upgrade` and `Connection`; see docs/guide/reverse-proxy.md.',
  },
  FORBIDDEN: {
    kind: 'input',
    retryable: false,
    remedy: 'Use an access token with the scope that the message names.',
  },
  MEDIA_LINK_INVALID: {
    kind: 'input',
    retryable: false,
    remedy:
      'Use the signed URL unchanged, or request a new one. It is valid for one call, with the access token that made it.',
  },
  MEDIA_LINK_EXPIRED: {
    kind: 'input',
    retryable: false,
    remedy: 'Request a new signed URL: `Recording.signedUrl` or `Call.signedListenUrl`.',
  },
  INTROSPECTION_DISABLED: {
    kind: 'input',
    retryable: false,
    remedy: 'Read the schema in the documentation of this release, or set `limits.introspection` to true.',
  },
  CALL_NOT_FOUND: {
    kind: 'state',
    retryable: false,
    remedy: 'Check the call id; the call may have been erased.',
  },
  CALL_NOT_LIVE: { kind: 'state', retryable: false, remedy: 'Do not retry: the call has ended.' },
  CALL_STILL_LIVE: {
    kind: 'state',
    retryable: true,
    remedy: 'End the call first, then erase it.',
  },
  CALL_HELD: {
    kind: 'state',
    retryable: false,
    remedy:
      'Release the legal hold with `releaseHold` if the data need not be kept any longer, then erase the call.',
  },
  CAPTURE_PAUSED: {
    kind: 'state',
    retryable: false,
    remedy:
      'Do not send text of the pause. Send the offsets of text that was spoken at another time, or end the pause with `resumeCapture`.',
  },
  CAPABILITY_MISSING: {
    kind: 'state',
    retryable: false,
    remedy: 'Use only what `Call.capabilities` lists at this moment.',
  },
  TOKEN_NOT_FOUND: {
    kind: 'state',
    retryable: false,
    remedy: 'Check the name; `tokens` lists all access tokens and their states.',
  },
  TOKEN_CONFIGURED: {
    kind: 'state',
    retryable: false,
    remedy:
      'Remove the token from `auth.tokens` in the configuration file, and send SIGHUP to the daemon, or restart it.',
  },
  PROVIDER_NOT_RUNNING: {
    kind: 'state',
    retryable: true,
    remedy: 'Check `Provider.stateMessage`, and retry when the state is RUNNING.',
  },
  IDEMPOTENCY_CONFLICT: {
    kind: 'state',
    retryable: false,
    remedy: 'Use a new idempotency key for a command with different arguments.',
  },
  DAEMON_DRAINING: { kind: 'state', retryable: true, remedy: 'Retry after the daemon has restarted.' },
} as const satisfies Record<string, CatalogueEntry>;
