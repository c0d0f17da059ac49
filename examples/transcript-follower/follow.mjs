/** Follows all calls' words into a file. Its idea: the output is the checkpoint. */
import { appendFileSync, closeSync, existsSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const [file, address = 'http://127.0.0.1:4000/'] = process.argv.slice(2);
if (file === undefined || !URL.canParse(address)) {
  process.stderr.write('usage: node follow.mjs FILE [URL of the daemon]\n');
  process.exit(2);
}
const endpoint = new URL('graphql', address);
const socketAddress = endpoint.href.replace(/^http/, 'ws');
const token = process.env['SIDETONE_TOKEN'];
const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };

/** Longest pause before the daemon is asked again, ms. */
const LONGEST_PAUSE_MS = 5000;

/** The cursor of the last whole line; a line that was cut is taken away. */
function lastCursor() {
  if (!existsSync(file)) return undefined;
  const written = readFileSync(file);
  const end = written.lastIndexOf('\n') + 1;
  const handle = openSync(file, 'r+');
  ftruncateSync(handle, end);
  closeSync(handle);
  const lines = written.subarray(0, end).toString('utf8').trimEnd().split('\n');
  return lines.at(-1)?.split('\t')[0] || undefined;
}

/** A cursor of another database, or a token without the scope: trying again would not help. */
function refused([{ message, extensions }]) {
  process.stderr.write(`${message} (${extensions?.code ?? 'no code'})\n`);
  process.exit(1);
}

/** Where the log stands now: what was said before the very first start is not followed. */
async function latestCursor() {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify({ query: '{ latestCursor }' }),
  });
  const { data, errors } = await response.json();
  if (errors) refused(errors);
  appendFileSync(file, `${data.latestCursor}\tbegin\n`);
  return data.latestCursor;
}

const WORDS = `subscription ($after: Cursor!) {
  callEvents(types: [UTTERANCE_FINALIZED], after: $after) {
    cursor
    call { id }
    ... on UtteranceFinalized { utterance { party text } }
  }
}`;

/** Writes down what is said behind a cursor until the connection ends; gives the last cursor. */
async function follow(after) {
  const client = createClient({
    url: socketAddress,
    webSocketImpl: WebSocket,
    connectionParams: authorization,
    // A retry of its own would ask from the old place again.
    retryAttempts: 0,
  });
  let cursor = after;
  try {
    for await (const { data, errors } of client.iterate({ query: WORDS, variables: { after } })) {
      if (errors) refused(errors);
      const { utterance, call } = data.callEvents;
      cursor = data.callEvents.cursor;
      const text = utterance.text.replaceAll(/\s+/g, ' ');
      appendFileSync(file, `${cursor}\t${call.id}\t${utterance.party}\t${text}\n`);
    }
  } catch (error) {
    // A query that is refused comes as a list of errors; a connection that ends, as its close.
    if (Array.isArray(error)) refused(error);
    process.stderr.write(`the connection ended: ${error.reason || error.message || error.code}\n`);
  } finally {
    await client.dispose();
  }
  return cursor;
}

for (let cursor = lastCursor(), waitMs = 100; ; waitMs = Math.min(waitMs * 2, LONGEST_PAUSE_MS)) {
  const before = cursor;
  try {
    cursor = await follow(cursor ?? (await latestCursor()));
  } catch (error) {
    process.stderr.write(`cannot ask ${endpoint.host}: ${error.message}\n`);
  }
  if (cursor !== before) waitMs = 100;
  await pause(waitMs);
}
