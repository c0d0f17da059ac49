/** Errors of the client of NATS as faults. No message contains a credential. */
import { FaultError, isFault, messageOf, type FaultCode } from '@sidetone/core';

/** By the name of the error's class, its code and its message. The first match decides. */
const CODES: readonly (readonly [pattern: RegExp, code: FaultCode])[] = [
  [/AuthorizationError|UserAuthenticationExpiredError|PermissionViolationError/, 'CLUSTER_ACCESS_DENIED'],
  [
    /\b(ERR_(TLS|SSL|OSSL)\w*|CERT_\w+|\w*(CERT|ISSUER|SIGNATURE|CHAIN)\w*|EPROTO)\b|\btls\b|certificate/i,
    'CLUSTER_TLS_FAILED',
  ],
  [/JetStreamNotEnabled|no responders|jetstream not enabled|10039/i, 'CLUSTER_JETSTREAM_MISSING'],
];

/** Returns an error of the connection as a fault. */
export function natsFailure(error: unknown, servers: string): FaultError {
  if (isFault(error)) return error;
  const reasons = chainOf(error);
  const text = reasons.map(({ name, code, message }) => `${name} ${code} ${message}`).join('\n');
  const code = CODES.find(([pattern]) => pattern.test(text))?.[1] ?? 'CLUSTER_UNREACHABLE';
  const [first, ...others] = reasons.map(({ message, code: own }) =>
    own === '' || message.includes(own) ? message : `${message} (${own})`,
  );
  const reason = [first, ...others.filter((other) => !first?.includes(other))].join(': ');
  return new FaultError(code, `connection to NATS at ${servers} failed: ${reason}`, { cause: error });
}

/** Returns an error with its causes. */
function chainOf(error: unknown): readonly { name: string; code: string; message: string }[] {
  if (!(error instanceof Error)) return [{ name: '', code: '', message: messageOf(error) }];
  const code = 'code' in error ? String(error.code) : '';
  const own = { name: error.name, code, message: messageOf(error) };
  return error.cause instanceof Error ? [own, ...chainOf(error.cause)] : [own];
}
