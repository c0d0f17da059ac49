/** What GraphiQL shows someone who opens it for the first time. The README's first steps are the same, compared in a test. */
export const FIRST_QUERY = `# Live calls, with what was said so far.
query LiveCalls {
  calls(filter: { live: true }, first: 10) {
    nodes {
      id
      provider { displayName }
      status
      from
      to
      capabilities
      transcriptText
    }
  }
}

# What happens in every call, as it happens.
subscription Events {
  callEvents {
    __typename
    at
    cursor
    call { id provider { id } }
    ... on UtteranceFinalized { utterance { party text } }
    ... on CallEnded { end { category code } }
  }
}

# How loud everyone is, four times a second.
subscription Levels {
  audioLevels(intervalMs: 250) {
    levels { callId parties { party rmsDb speaking } }
  }
}

# Put the id of a live call here.
mutation Say {
  say(input: { callId: "call_...", content: "One moment, please. A supervisor is listening." }) {
    command { status }
    failure { code message }
  }
}
`;
