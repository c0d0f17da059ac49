import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openAddress } from '../../../src/cli/demo-cluster/address.ts';
import { freePort } from '../../../src/cli/free-port.ts';

/** A node that answers with its name. */
async function node(name: string): Promise<{ port: number; stop: () => void }> {
  const server = createServer((socket) => socket.on('error', () => undefined).end(name)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, stop: () => server.close() };
}

/** Returns what a connection receives. */
async function receive(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let text = '';
  socket.on('data', (chunk: string) => (text += chunk));
  await once(socket, 'close');
  return text;
}

test('connections go to the nodes in turn, and past nodes that do not listen', async () => {
  const nodes = await Promise.all(['a', 'b', 'c'].map(node));
  const port = await freePort();
  const address = await openAddress(
    port,
    nodes.map((each) => each.port),
  );
  onTestFinished(() => address.close());
  const four = [];
  for (let i = 0; i < 4; i++) four.push(await receive(port));
  expect(four).toEqual(['a', 'b', 'c', 'a']);
  nodes[1]!.stop();
  expect(await receive(port)).toBe('c');
  for (const each of nodes) each.stop();
  expect(await receive(port)).toBe('');
});

test('a port in use is a coded error', async () => {
  const { port } = await node('a');
  await expect(openAddress(port, [])).rejects.toMatchObject({ code: 'PORT_IN_USE' });
});
