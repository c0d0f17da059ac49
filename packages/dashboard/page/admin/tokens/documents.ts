/** GraphQL documents of access tokens. */
import { graphql, type ResultOf } from '../../api/graphql.ts';

export const TOKENS = graphql(`
  query AccessTokens {
    tokens {
      name
      scopes
      source
      state
      createdAt
      createdBy
      expiresAt
      lastUsedAt
      revokedAt
    }
  }
`);

export const CREATE_TOKEN = graphql(`
  mutation CreateToken($input: CreateTokenInput!) {
    createToken(input: $input) {
      token
      accessToken {
        name
      }
    }
  }
`);

export const REVOKE_TOKEN = graphql(`
  mutation RevokeToken($name: String!) {
    revokeToken(name: $name) {
      name
    }
  }
`);

export type AccessToken = ResultOf<typeof TOKENS>['tokens'][number];
