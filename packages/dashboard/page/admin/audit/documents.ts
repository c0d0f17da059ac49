/** GraphQL documents of the audit log. */
import { graphql, type ResultOf, type VariablesOf } from '../../api/graphql.ts';

export const AUDIT_LOG = graphql(`
  query AuditLog($filter: AuditFilter, $first: Int!, $after: String) {
    auditLog(filter: $filter, first: $first, after: $after) {
      nodes {
        seq
        at
        by
        action
        outcome
        callDigest
        details
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export type AuditEntry = ResultOf<typeof AUDIT_LOG>['auditLog']['nodes'][number];
export type AuditFilter = NonNullable<VariablesOf<typeof AUDIT_LOG>['filter']>;
