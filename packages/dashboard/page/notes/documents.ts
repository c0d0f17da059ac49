/** Mutations of notes and tags. The current notes and tags arrive with the events of the call. */
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

/** Tags of all calls that begin with a text. */
export const TAGS = graphql(`
  query Tags($prefix: String) {
    tags(prefix: $prefix, first: 20) {
      tag
      calls
    }
  }
`);
