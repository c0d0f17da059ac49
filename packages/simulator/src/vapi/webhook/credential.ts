// The authentication of webhooks: none, a secret or a token in a header, or a signature of the raw body.

import { createHmac } from 'node:crypto';

/** How webhooks are authenticated. Optional fields have the documented defaults. */
export type Credential =
  | { readonly type: 'none' }
  | { readonly type: 'secret'; readonly secret: string }
  | {
      readonly type: 'bearer';
      readonly token: string;
      readonly headerName?: string;
      readonly bearerPrefixEnabled?: boolean;
    }
  | HmacCredential;

/** A credential that signs. */
export interface HmacCredential {
  readonly type: 'hmac';
  readonly algorithm: 'sha256' | 'sha512' | 'sha1';
  readonly secretKey: string;
  readonly secretIsBase64?: boolean;
  readonly signatureHeader?: string;
  readonly timestampHeader?: string;
  readonly signaturePrefix?: string;
  /** If false, no timestamp is sent. One that is part of the payload format is signed nevertheless. */
  readonly includeTimestamp?: boolean;
  /** A template of `{body}`, `{timestamp}`, `{method}`, `{url}` and `{svix-id}`. */
  readonly payloadFormat?: string;
  readonly messageIdHeader?: string;
  readonly signatureEncoding?: 'hex' | 'base64';
  /** Milliseconds by default, as measured. */
  readonly timestampUnit?: 'seconds' | 'milliseconds';
}

/** The signed parts of a request. */
export interface Signable {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly messageId: string;
  readonly now: number;
}

type Kind = 'string' | 'boolean' | readonly string[];
interface Shape {
  readonly required: Readonly<Record<string, Kind>>;
  readonly optional: Readonly<Record<string, Kind>>;
}

const SHAPES: { readonly [Type in Credential['type']]: Shape } = {
  none: { required: {}, optional: {} },
  secret: { required: { secret: 'string' }, optional: {} },
  bearer: {
    required: { token: 'string' },
    optional: { headerName: 'string', bearerPrefixEnabled: 'boolean' },
  },
  hmac: {
    required: { algorithm: ['sha256', 'sha512', 'sha1'], secretKey: 'string' },
    optional: {
      secretIsBase64: 'boolean',
      signatureHeader: 'string',
      timestampHeader: 'string',
      signaturePrefix: 'string',
      includeTimestamp: 'boolean',
      payloadFormat: 'string',
      messageIdHeader: 'string',
      signatureEncoding: ['hex', 'base64'],
      timestampUnit: ['seconds', 'milliseconds'],
    },
  },
};

/** Parses a credential. @throws {RangeError} for an invalid field */
export function decodeCredential(fields: Readonly<Record<string, unknown>>): Credential {
  const { type, ...rest } = fields;
  const shape = Object.entries(SHAPES).find(([name]) => name === type)?.[1];
  if (shape === undefined) throw new RangeError(`type: expected one of ${Object.keys(SHAPES).join(', ')}`);
  for (const name of Object.keys(shape.required)) {
    if (!Object.hasOwn(rest, name)) throw new RangeError(`${name}: missing`);
  }
  const kinds = { ...shape.required, ...shape.optional };
  for (const [name, value] of Object.entries(rest)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) throw new RangeError(`${name}: unknown field`);
    if (typeof kind !== 'string' && !kind.includes(String(value)))
      throw new RangeError(`${name}: expected one of ${kind.join(', ')}`);
    if (typeof value !== (typeof kind === 'string' ? kind : 'string'))
      throw new RangeError(`${name}: expected a ${String(kind)}`);
  }
  return fields as Credential;
}

type Headers = {
  readonly [Type in Credential['type']]: (
    credential: Extract<Credential, { type: Type }>,
    signable: Signable,
  ) => Record<string, string>;
};

const HEADERS: Headers = {
  none: () => ({}),
  secret: ({ secret }) => ({ 'x-vapi-secret': secret }),
  bearer: ({ token, headerName = 'authorization', bearerPrefixEnabled = true }) => ({
    [headerName.toLowerCase()]: bearerPrefixEnabled ? `Bearer ${token}` : token,
  }),
  hmac: signatureHeaders,
};

/** Returns the headers that a credential adds to one request. */
export function credentialHeaders<Type extends Credential['type']>(
  credential: Extract<Credential, { type: Type }>,
  signable: Signable,
): Record<string, string> {
  return HEADERS[credential.type](credential, signable);
}

function signatureHeaders(
  credential: HmacCredential,
  { method, url, body, messageId, now }: Signable,
): Record<string, string> {
  const { algorithm, secretKey, secretIsBase64 = false, includeTimestamp = true } = credential;
  const { payloadFormat = '{timestamp}.{body}' } = credential;
  const timestamp = String(credential.timestampUnit === 'seconds' ? Math.floor(now / 1000) : now);
  const values: Readonly<Record<string, string>> = {
    // Signed even if it is not sent, as Vapi does.
    timestamp,
    body,
    method,
    url,
    'svix-id': messageId,
  };
  // One pass, so that variable names in the body are not replaced.
  const payload = payloadFormat.replace(/\{([a-z-]+)\}/g, (match, name: string) => values[name] ?? match);
  const signature = createHmac(algorithm, Buffer.from(secretKey, secretIsBase64 ? 'base64' : 'utf8'))
    .update(payload)
    .digest(credential.signatureEncoding ?? 'hex');
  return {
    [(credential.signatureHeader ?? 'x-signature').toLowerCase()]:
      `${credential.signaturePrefix ?? ''}${signature}`,
    ...(includeTimestamp ? { [(credential.timestampHeader ?? 'x-timestamp').toLowerCase()]: timestamp } : {}),
    ...(credential.messageIdHeader === undefined
      ? {}
      : { [credential.messageIdHeader.toLowerCase()]: messageId }),
  };
}
