/** GraphiQL. Its page is public and contains no data, so that an access token can be entered in it. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The initial content of the editor. A test compares it with the README. */
export const FIRST_QUERY = `# Live calls with their transcripts so far.
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

# Events of all calls, as they happen.
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

# Audio levels, four times a second.
subscription Levels {
  audioLevels(intervalMs: 250) {
    levels { callId parties { party rmsDb speaking } }
  }
}

# Replace the id by that of a live call.
mutation Say {
  say(input: { callId: "call_...", content: "One moment, please. A supervisor is listening." }) {
    command { status }
    failure { code message }
  }
}
`;

/** Returns whether a browser requests the page, as opposed to a program that sends a query. */
export function isForGraphiql({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true;
}

/** @param isOpen whether no access token is needed. Otherwise GraphiQL subscribes over SSE, which sends the headers that were entered. */
export async function sendGraphiql(response: ServerResponse, isOpen: boolean): Promise<void> {
  // Imported on first use, because the page includes nine megabytes of scripts.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    title: 'Sidetone',
    subscriptionsProtocol: isOpen ? 'WS' : 'SSE',
    defaultQuery: FIRST_QUERY,
    endpoint: '/graphql',
  });
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
}
