/** What can be written down about a call. What was is told by the call's events. */
import { graphql } from '../api/graphql.ts';

export const ADD_NOTE = graphql(`
  mutation AddNote($callId: ID!, $text: String!, $offsetMs: Int) {
    addNote(callId: $callId, text: $text, offsetMs: $offsetMs) {
      id
    }
  }
`);

export const TAG_CALL = graphql(`
  mutation TagCall($callId: ID!, $add: [String!], $remove: [String!]) {
    tagCall(callId: $callId, add: $add, remove: $remove) {
      id
    }
  }
`);
