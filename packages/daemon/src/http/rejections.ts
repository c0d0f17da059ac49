/** Rejected requests of all entrances: logs them with address and path, and limits failed sign-ins. */
import type { IncomingMessage } from 'node:http';
import {
  FaultError,
  isFault,
  type Clock,
  type FaultCode,
  type FaultKind,
  type LogFields,
  type Logger,
} from '@sidetone/core';
import { networkOf } from '../access/addresses.ts';
import type { Entrance, FailedSignIns } from '../access/failed-sign-ins.ts';
import { UnknownTokenError } from '../access/access-tokens.ts';
import { CountsBy } from '../metrics/counts.ts';
import { LogSampler } from '../log-sampler.ts';

/** A request, or a connection without one. */
type Sender = Pick<IncomingMessage, 'headers' | 'socket' | 'url'>;

interface RejectionsDeps {
  readonly signIns: Pick<FailedSignIns, 'record' | 'close'>;
  readonly addressOf: (sender: Sender) => string;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

/** The longest path in a log line, characters. */
const MAX_PATH = 200;

/** The kinds of errors that are the client's doing. The others are logged where they are handled. */
const REPORTED_KINDS: ReadonlySet<FaultKind> = new Set(['input', 'wire', 'capacity']);

const WRONG_CREDENTIALS: ReadonlySet<FaultCode> = new Set([
  'MEDIA_LINK_INVALID',
  'WEBHOOK_UNAUTHENTICATED',
  'STREAM_TOKEN_UNKNOWN',
]);

/** Returns whether the sender presented a wrong credential, as opposed to none. */
const isWrongCredential = (error: FaultError): boolean =>
  error instanceof UnknownTokenError || WRONG_CREDENTIALS.has(error.code);

export class Rejections {
  readonly #deps: RejectionsDeps;
  readonly #sampler: LogSampler;
  /** The rejected requests since the start. */
  readonly counts = new CountsBy<[entrance: Entrance | 'PAGE', code: FaultCode]>();

  constructor(deps: RejectionsDeps) {
    this.#deps = deps;
    this.#sampler = new LogSampler(deps);
  }

  /**
   * Reports why a request is rejected. Returns the error to respond with: LIMIT_SIGN_INS if its address fails to sign in
   * too often, otherwise the same error. Errors that are not the client's doing are not reported.
   */
  report<Reason>(request: IncomingMessage, entrance: Entrance | 'PAGE', error: Reason): Reason | FaultError {
    if (!isFault(error) || !REPORTED_KINDS.has(error.kind)) return error;
    const { code, message } = error;
    this.counts.add(1, entrance, code);
    this.#warn(`${entrance} ${code}`, request, 'request rejected', { entrance, code, reason: message });
    return entrance === 'PAGE' ? error : this.limit(request, entrance, error);
  }

  /** Logs what a client did, sampled as `report` does. The message must be a constant. */
  warn(sender: Sender, message: string, fields: LogFields = {}): void {
    this.#warn(message, sender, message, fields);
  }

  #warn(kind: string, sender: Sender, message: string, fields: LogFields): void {
    const address = this.#deps.addressOf(sender);
    this.#sampler.warn(`${kind} ${networkOf(address)}`, message, {
      ...fields,
      address,
      path: pathOf(sender),
    });
  }

  /** Counts a failed sign-in without logging it. Returns the error to respond with, as `report` does. */
  limit<Reason>(request: IncomingMessage, entrance: Entrance, error: Reason): Reason | FaultError {
    if (!isFault(error) || !isWrongCredential(error)) return error;
    if (!this.#deps.signIns.record({ address: this.#deps.addressOf(request), entrance })) return error;
    return new FaultError('LIMIT_SIGN_INS', 'too many failed sign-ins from this address', { cause: error });
  }

  /** Logs and reports the numbers of the current period. */
  close(): void {
    this.#deps.signIns.close();
    this.#sampler.close();
  }
}

/**
 * Returns the path of a request for the log. The query is omitted because it can contain a token; so is the rest of the path of
 * a provider, because the URL of a stream is a credential.
 */
export function pathOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  const [path = ''] = url.split(/[?#]/);
  const [, provider] = /^(\/providers\/[^/]*\/[^/]*)\/./.exec(path) ?? [];
  return (provider === undefined ? path : `${provider}/…`).slice(0, MAX_PATH);
}
