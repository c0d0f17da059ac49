/** Writes the transcripts of all calls to a file. The output file is also the checkpoint. */
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

/** Longest delay before reconnecting, in ms. */
const MAX_DELAY_MS = 5000;

/** Returns the cursor of the last complete line, and removes an incomplete one. */
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

/** Exits on an error that a retry cannot fix: a cursor of another database or of a restored copy, or a token without the scope. */
function fail([{ message, extensions }]) {
  process.stderr.write(`${message} (${extensions?.code ?? 'no code'}). ${extensions?.remedy ?? ''}\n`);
  process.exit(1);
}

/** Returns the current end of the log: earlier transcripts are not written. */
async function latestCursor() {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify({ query: '{ latestCursor }' }),
  });
  const { data, errors } = await response.json();
  if (errors) fail(errors);
  appendFileSync(file, `${data.latestCursor}\tbegin\n`);
  return data.latestCursor;
}

const UTTERANCES = `subscription ($after: Cursor!) {
  callEvents(types: [UTTERANCE_FINALIZED], after: $after) {
    cursor
    call { id }
    ... on UtteranceFinalized { utterance { party text } }
  }
}`;

/** Writes utterances after a cursor until the connection ends. Returns the last cursor. */
async function follow(after) {
  const client = createClient({
    url: socketAddress,
    webSocketImpl: WebSocket,
    connectionParams: authorization,
    // The client's own retries would resubscribe with the old cursor.
    retryAttempts: 0,
  });
  let cursor = after;
  try {
    for await (const { data, errors } of client.iterate({ query: UTTERANCES, variables: { after } })) {
      if (errors) fail(errors);
      const { utterance, call } = data.callEvents;
      cursor = data.callEvents.cursor;
      const text = utterance.text.replaceAll(/\s+/g, ' ');
      appendFileSync(file, `${cursor}\t${call.id}\t${utterance.party}\t${text}\n`);
    }
  } catch (error) {
    // A rejected query is a list of errors; a closed connection is a close event.
    if (Array.isArray(error)) fail(error);
    process.stderr.write(`the connection ended: ${error.reason || error.message || error.code}\n`);
  } finally {
    await client.dispose();
  }
  return cursor;
}

for (let cursor = lastCursor(), delayMs = 100; ; delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)) {
  const before = cursor;
  try {
    cursor = await follow(cursor ?? (await latestCursor()));
  } catch (error) {
    process.stderr.write(`request to ${endpoint.host} failed: ${error.message}\n`);
  }
  if (cursor !== before) delayMs = 100;
  await pause(delayMs);
}
