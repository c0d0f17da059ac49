/** `auth`: the access tokens. Only the SHA-256 of a token is kept, so the token itself cannot be printed. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const SCOPES = ['read', 'listen', 'control', 'admin', 'masked-numbers'] as const;
const TOKEN_NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** Valid in headers and URLs without encoding, and too long to guess. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{16,256}$/;
const SHA256 = /^[0-9a-f]{64}$/i;

const matching = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

const entry = z
  .strictObject(
    {
      name: matching(TOKEN_NAME, 'a name of a-z, 0-9 and -, starting with a letter'),
      token: matching(TOKEN, '16 to 256 characters of A-Z, a-z, 0-9 and . _ ~ + / = -').optional(),
      sha256: matching(SHA256, 'the SHA-256 of the token, 64 hexadecimal digits').optional(),
      scopes: z
        .array(z.enum(SCOPES, { error: 'read, listen, control, admin or masked-numbers' }), {
          error: 'a list of scopes',
        })
        .min(1, { error: 'a list with at least one scope' }),
    },
    { error: 'a mapping' },
  )
  .transform(({ name, token, sha256, scopes }, context) => {
    const digest =
      token === undefined ? sha256?.toLowerCase() : createHash('sha256').update(token).digest('hex');
    if (digest === undefined || (token !== undefined && sha256 !== undefined)) {
      context.addIssue({ code: 'custom', path: ['token'], message: 'exactly one of token and sha256' });
      return z.NEVER;
    }
    return { name, sha256: digest, scopes: scopes.map((scope) => SCOPE_NAMES[scope]) };
  });

const SCOPE_NAMES = {
  read: 'READ',
  listen: 'LISTEN',
  control: 'CONTROL',
  admin: 'ADMIN',
  'masked-numbers': 'MASKED_NUMBERS',
} as const satisfies Record<(typeof SCOPES)[number], string>;

type AccessTokenConfig = z.output<typeof entry>;

export const auth = z.strictObject(
  {
    tokens: z
      .array(entry, { error: 'a list of tokens' })
      .superRefine((tokens, context) => {
        rejectDuplicates(tokens, 'name', 'a name that no other token has', context);
        rejectDuplicates(tokens, 'sha256', 'a token that is listed once', context);
      })
      .default([]),
    /** Whether other machines may send requests although there are no tokens. */
    unverified: z.boolean({ error: 'true or false' }).default(false),
    /** Whether requests need a token although the file lists none, because tokens are created while the daemon runs. */
    required: z.boolean({ error: 'true or false' }).default(false),
  },
  { error: 'a mapping' },
);

function rejectDuplicates(
  tokens: readonly AccessTokenConfig[],
  key: 'name' | 'sha256',
  message: string,
  context: z.core.$RefinementCtx,
): void {
  const values = tokens.map((token) => token[key]);
  const duplicate = values.findIndex((value, i) => values.indexOf(value) < i);
  const shownKey = key === 'name' ? 'name' : 'token';
  if (duplicate >= 0) context.addIssue({ code: 'custom', path: [duplicate, shownKey], message });
}
