/** GraphQL documents of actions on several calls. */
import { graphql } from '../api/graphql.ts';

/** What became of commands after their request was answered. */
export const COMMAND_CHANGES = graphql(`
  subscription BulkCommands {
    callEvents(types: [COMMAND_CHANGED]) {
      __typename
      cursor
      ... on CommandChanged {
        command {
          id
          status
          failure {
            message
          }
        }
      }
    }
  }
`);
