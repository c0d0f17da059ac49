/** Mutations of the stored data of one call, for administrators. */
import { graphql, type EnumOf } from '../../api/graphql.ts';

export const PLACE_HOLD = graphql(`
  mutation PlaceHold($callId: ID!, $reason: String) {
    placeHold(callId: $callId, reason: $reason) {
      id
      hold {
        by
        since
        reason
      }
    }
  }
`);

export const RELEASE_HOLD = graphql(`
  mutation ReleaseHold($callId: ID!) {
    releaseHold(callId: $callId) {
      id
      hold {
        by
        since
        reason
      }
    }
  }
`);

export const ERASE_CALL = graphql(`
  mutation EraseCall($callId: ID!) {
    eraseCall(callId: $callId) {
      status
    }
  }
`);

export type ErasureStatus = EnumOf<'ErasureStatus'>;

/** What became of an erased call. */
export const ERASURE_TEXTS = {
  ERASED: 'The call and everything stored about it are gone.',
  NOT_FOUND: 'The call had been erased before.',
  PENDING:
    'The call cannot be read any longer. Its content is removed from the database file as soon as another program no longer reads it.',
} as const satisfies Record<ErasureStatus, string>;
