/** Access tokens: their list, and those that are created and revoked while the daemon runs. */
import type { ListedToken, TokenState } from '../../access/tokens/token-registry.ts';
import { ofInput } from '../../commands/input-checks.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { requesterOf } from '../context.ts';
import { addEnum } from '../types/enums.ts';
import type { addViewer } from '../types/viewer.ts';

const SOURCE = {
  CONFIGURATION: 'A token of the configuration file. It can be removed only there.',
  DATABASE: 'A token that was created by `createToken` or `sidetone token create`.',
} as const satisfies Record<ListedToken['source'], string>;

const STATE = {
  ACTIVE: 'The token is valid.',
  EXPIRED: 'The token has expired.',
  REVOKED: 'The token was revoked.',
  REPLACED: 'The token is not valid, because a token of the configuration has the same name.',
} as const satisfies Record<TokenState, string>;

type ScopeEnum = ReturnType<typeof addViewer>;

export function addTokens(builder: Builder, Scope: ScopeEnum, { accessTokens }: SchemaDeps): void {
  const AccessToken = addAccessToken(builder, Scope);
  const CreateTokenInput = builder.inputType('CreateTokenInput', {
    description: 'The token to create.',
    fields: (t) => ({
      name: t.string({
        required: true,
        description:
          'The owner: 1 to 32 of a-z, 0-9 and -, starting with a letter. No other valid token has it.',
      }),
      scopes: t.field({ type: [Scope], required: true, description: 'What the token permits.' }),
      expiresAt: t.field({
        type: 'DateTime',
        description: 'When the token becomes invalid. Default: it does not expire.',
      }),
    }),
  });
  const CreateTokenPayload = builder
    .objectRef<{ readonly secret: string; readonly created: ListedToken }>('CreateTokenPayload')
    .implement({
      description: 'A token that was created.',
      fields: (t) => ({
        token: t.exposeString('secret', {
          description: 'The token, to send in requests. It is not stored and cannot be shown again.',
        }),
        accessToken: t.expose('created', { type: AccessToken, description: 'What is stored about it.' }),
      }),
    });

  builder.queryField('tokens', (t) =>
    t.field({
      type: [AccessToken],
      description:
        'All access tokens: those of the configuration, then the stored ones, newest first. At most 1000 are stored; the oldest invalid ones are deleted for new ones.',
      resolve: () => [...accessTokens.list()],
    }),
  );
  builder.mutationFields((t) => ({
    createToken: t.field({
      type: CreateTokenPayload,
      description:
        'Creates an access token. The first token of a daemon closes it: from then on, all requests need one. Fails with LIMIT_TOKENS if there are too many.',
      args: {
        input: t.arg({ type: CreateTokenInput, required: true, description: 'The token to create.' }),
      },
      resolve: (_root, { input: { name, scopes, expiresAt } }, context) =>
        ofInput(async () => {
          const request = { name, scopes, expiresAt: expiresAt ?? null };
          const { secret, token } = await accessTokens.create(request, requesterOf(context));
          return {
            secret,
            created: { ...token, source: 'DATABASE', state: 'ACTIVE', lastUsedAt: undefined } as const,
          };
        }),
    }),
    revokeToken: t.field({
      type: AccessToken,
      description:
        'Revokes a stored access token, and closes its connections within a second. Fails with TOKEN_NOT_FOUND, or with TOKEN_CONFIGURED for a token of the configuration.',
      args: { name: t.arg.string({ required: true, description: 'The name of the token.' }) },
      resolve: (_root, { name }, context) => accessTokens.revoke(name, requesterOf(context)),
    }),
  }));
}

function addAccessToken(builder: Builder, Scope: ScopeEnum) {
  const SourceEnum = addEnum(builder, 'AccessTokenSource', 'Where an access token is defined.', SOURCE);
  const StateEnum = addEnum(builder, 'AccessTokenState', 'Whether an access token is valid.', STATE);
  return builder.objectRef<ListedToken>('AccessToken').implement({
    description: 'An access token, without its secret.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'The owner, as in `Viewer.name`.' }),
      scopes: t.field({
        type: [Scope],
        description: 'What the token permits. ADMIN includes all others.',
        resolve: ({ scopes }) => [...scopes],
      }),
      source: t.expose('source', { type: SourceEnum, description: 'Where it is defined.' }),
      state: t.expose('state', { type: StateEnum, description: 'Whether it is valid.' }),
      createdAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it was created. Null for a token of the configuration.',
        resolve: ({ createdAt }) => createdAt,
      }),
      createdBy: t.string({
        nullable: true,
        description:
          'The name of the token that created it, or `-` if it was created with `--database`. Null for a token of the configuration.',
        resolve: ({ createdBy }) => createdBy,
      }),
      expiresAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it becomes invalid. Null if it does not expire.',
        resolve: ({ expiresAt }) => expiresAt,
      }),
      revokedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it was revoked. Null if it was not.',
        resolve: ({ revokedAt }) => revokedAt,
      }),
      lastUsedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description:
          'When a request with this token was last accepted, or about the present if it has open connections. Up to a minute of it is lost in a crash. Null if it was never used.',
        resolve: ({ lastUsedAt }) => lastUsedAt,
      }),
    }),
  });
}
