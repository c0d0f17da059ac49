import assert from 'node:assert/strict';
import { it } from 'node:test';
import { providerCallId } from '@sidetone/core';
import { createFakeHost, createFakeSocket } from '@sidetone/testkit';
import { createAudio } from './audio.js';

const CALL = providerCallId('a-1');
const base64 = (bytes, value = 0) => Buffer.alloc(bytes, value).toString('base64');

function connect() {
  const host = createFakeHost();
  const audio = createAudio(host);
  const path = `audio/${audio.urlOf(CALL).pathname.split('/').at(-1)}`;
  const { socket, peer } = createFakeSocket();
  assert.ok(audio.admits(path));
  audio.connect(path, socket);
  host.setDemand('audio', CALL, true);
  const send = async (message) => {
    await peer.send(JSON.stringify(message));
    await host.clock.settle();
  };
  return { host, audio, path, peer, send, stream: host.streams[0] };
}

it('connects one socket with each token', () => {
  const { audio, path } = connect();
  assert.equal(audio.admits(path), false);
});

it('writes the caller as it arrives, and reports lost frames', async () => {
  const { send, stream } = connect();
  await send({ by: 'caller', frame: 7, audio: base64(160, 1) });
  await send({ by: 'caller', frame: 10, audio: base64(160, 2) });
  const written = stream.writes.map(({ party, bytes }) => [party, bytes[0]]);
  assert.deepEqual(written, [
    ['CUSTOMER', 1],
    ['CUSTOMER', 2],
  ]);
  assert.deepEqual(stream.gaps, [{ party: 'CUSTOMER', durationMs: 40, frames: 2 }]);
});
// @if bot

it('writes the voice of the bot when it is heard, until it is interrupted', async () => {
  const { host, send, stream } = connect();
  await send({ by: 'agent', audio: base64(8000) });
  await host.clock.advance(100);
  const heard = stream.writes.length;
  assert.ok(heard >= 5 && heard <= 6, `${heard} frames`);
  await send({ by: 'agent', interrupted: true });
  await host.clock.advance(1000);
  assert.equal(stream.writes.length, heard);
});
// @end

it('ends the stream when the connection breaks', async () => {
  const { host, peer, stream } = connect();
  peer.cut();
  await host.clock.settle();
  assert.equal(stream.endReason, 'the socket closed');
});

it('closes the socket after the call, when the last audio has arrived', async () => {
  const { host, audio, stream } = connect();
  void audio.ended(CALL);
  await host.clock.advance(5999);
  assert.equal(stream.endReason, undefined);
  await host.clock.advance(1);
  assert.equal(stream.endReason, 'the socket closed');
});
