/**
 * A fake Acme on loopback, for development without an account: the API, and one call. With the daemon running:
 * `npm run far-end -- http://127.0.0.1:4000/providers/acme/`
 */
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
// @if stream
import { WebSocket } from 'ws';
// @end
import { messagesFrom, sign } from './samples.js';
// @if stream
import { audioOf } from './samples.js';

const FRAME_MS = 20;
const FRAMES = 100;
// @end

/** Serves the API, and returns its address. */
export async function startApi(port = 0) {
  const server = createServer((request, response) => {
    const isQuestion = request.method === 'GET' && request.url !== '/account';
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isQuestion ? { state: 'live' } : {}));
  });
  await new Promise((resolve) => void server.listen(port, '127.0.0.1', resolve));
  const { port: chosen } = server.address();
  return { url: `http://127.0.0.1:${chosen}`, close: () => server.close() };
}

/** Plays the call against a running plugin. @param pluginUrl the URL of its instance, with a trailing slash. */
export async function playCall(pluginUrl) {
  const { toLive, live, toEnd } = messagesFrom(Date.now());
  let answer = '';
  for (const message of toLive) answer = await deliver(pluginUrl, message);
  // @if stream
  const { audio } = JSON.parse(answer);
  const speech = speak(audio);
  // @end
  for (const message of live) answer = await deliver(pluginUrl, message);
  // @if stream
  await speech;
  // @end
  for (const message of toEnd) answer = await deliver(pluginUrl, message);
}

async function deliver(pluginUrl, message) {
  const body = JSON.stringify(message);
  const headers = { 'content-type': 'application/json', ...sign(body) };
  const response = await fetch(new URL('events', pluginUrl), { method: 'POST', body, headers });
  if (!response.ok) throw new Error(`the plugin answered ${response.status} to ${body}`);
  return response.text();
}
// @if stream

/** Sends two seconds of audio of the caller, in real time. */
async function speak(url) {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  for (let frame = 0; frame < FRAMES; frame++) {
    socket.send(audioOf('caller', frame));
    await setTimeout(FRAME_MS);
  }
  socket.close();
}
// @end

const [, program = '', pluginUrl] = process.argv;
if (import.meta.url === pathToFileURL(program).href) {
  if (pluginUrl === undefined) {
    const { url } = await startApi(4100);
    process.stdout.write(`The API of Acme is at ${url}: set it as apiBaseUrl. Ctrl-C stops it.\n`);
  } else {
    await playCall(pluginUrl.replace(/\/?$/, '/'));
    await setTimeout(0);
    process.stdout.write('The call has been played.\n');
  }
}
