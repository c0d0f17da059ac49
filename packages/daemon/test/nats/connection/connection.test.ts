import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFault } from '@sidetone/core';
import { describe, expect, test, vi } from 'vitest';
import type { ClusterSettings } from '../../../src/config/cluster.ts';
import type { ClusterConnection } from '../../../src/cluster/connection/connection.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { startNats, type NatsSettings } from '../support/nats-server.ts';
import { afterTest, connectNode, hasNats, natsUrl } from '../support/nodes.ts';
import { startProxy } from '../support/proxy.ts';

const folder = tempDir();

async function serve(settings: NatsSettings) {
  const server = await startNats(settings);
  afterTest(() => server.stop());
  return server;
}

async function failureOf(changes: Partial<ClusterSettings>): Promise<string> {
  try {
    await connectNode(changes);
  } catch (error) {
    if (isFault(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'none';
}

/** Resolves when the connection has changed. */
const changeOf = (connection: ClusterConnection): Promise<boolean> =>
  new Promise((resolve) => {
    const stop = connection.onChange((isConnected) => {
      stop();
      resolve(isConnected);
    });
  });

const secured = () => serve({ lines: ['authorization { user: u, password: secret-pw }'] });

describe.skipIf(!hasNats)('connecting to NATS', () => {
  test('fails with a code if no server is there', async () => {
    const server = await serve({});
    await server.kill();
    expect(await failureOf({ nats: [server.url] })).toMatch(
      /^CLUSTER_UNREACHABLE connection to NATS at 127\.0\.0\.1:\d+ failed: .*ECONNREFUSED/,
    );
  });

  test('uses another server if the first one is not there', async () => {
    const server = await serve({});
    await server.kill();
    const { connection } = await connectNode({ nats: [server.url, natsUrl!] });
    expect(connection.isConnected).toBe(true);
  });

  test('fails with a code if the password is wrong, and does not contain it', async () => {
    const { url } = await secured();
    const failure = await failureOf({ nats: [url], user: 'u', password: 'wrong-pw' });
    expect(failure).toContain('CLUSTER_ACCESS_DENIED');
    expect(failure).not.toContain('wrong-pw');
    expect(await failureOf({ nats: [url] })).toContain('CLUSTER_ACCESS_DENIED');
    expect(await failureOf({ nats: [url], user: 'u', password: 'secret-pw' })).toBe('none');
  });

  test('signs in with a token', async () => {
    const { url } = await serve({ lines: ['authorization { token: secret-token }'] });
    expect(await failureOf({ nats: [url], token: 'secret-token' })).toBe('none');
    expect(await failureOf({ nats: [url], token: 'wrong' })).toContain('CLUSTER_ACCESS_DENIED');
  });

  test('fails with a code without JetStream', async () => {
    const { url } = await serve({ jetStream: false });
    expect(await failureOf({ nats: [url] })).toContain('CLUSTER_JETSTREAM_MISSING');
  });

  test('verifies the certificate of the server', async () => {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', [...request, '-keyout', key, '-out', cert, '-days', '2', ...subject], {
      stdio: 'ignore',
    });
    const { port } = await serve({ lines: [`tls { cert_file: "${cert}", key_file: "${key}" }`] });
    const nats = [`tls://127.0.0.1:${port}`];
    expect(await failureOf({ nats })).toContain('CLUSTER_TLS_FAILED');
    expect(await failureOf({ nats, tls: { ca: readFileSync(cert, 'utf8') } })).toBe('none');
    expect(await failureOf({ nats: [natsUrl!.replace('nats:', 'tls:')] })).toContain('CLUSTER_TLS_FAILED');
  });
});

describe.skipIf(!hasNats)('a connection to NATS', () => {
  test('delivers messages in order, and counts them', async () => {
    const { connection } = await connectNode();
    const before = connection.counts.messagesIn;
    const received: string[] = [];
    connection.subscribe('test.order.*', (message) => received.push(`${message.subject} ${message.text()}`));
    for (const text of ['1', '2', '3']) connection.publish(`test.order.${text}`, text);
    connection.offer('test.order.4', new Uint8Array([52]));
    await vi.waitFor(() => expect(received).toHaveLength(4));
    expect(received).toEqual(['test.order.1 1', 'test.order.2 2', 'test.order.3 3', 'test.order.4 4']);
    expect(connection.counts).toMatchObject({ messagesIn: before + 4, dropped: 0, reconnects: 0 });
  });

  test('reports that no node receives a request', async () => {
    const { connection } = await connectNode();
    const reports: boolean[] = [];
    connection.subscribe('test.reply', (message) => reports.push(message.isNoResponders));
    connection.publish('test.nobody', '{}', 'test.reply');
    connection.publish('test.reply', '');
    await vi.waitFor(() => expect(reports).toEqual([true, false]));
  });

  test('rejects a message that exceeds the limit of the server, and stays connected', async () => {
    const { url } = await serve({ lines: ['max_payload: 1000'] });
    const { connection } = await connectNode({ nats: [url] });
    expect(() => connection.publish('test.a', 'é'.repeat(501))).toThrow(
      expect.objectContaining({ code: 'CLUSTER_MESSAGE_TOO_LARGE' }),
    );
    expect(connection.offer('test.a', 'é'.repeat(501))).toBe(false);
    connection.publish('test.a', 'é'.repeat(500));
    await connection.client.flush();
    expect(connection.isConnected).toBe(true);
  });

  test('survives an exception of a listener', async () => {
    const { connection, log } = await connectNode();
    const received: string[] = [];
    connection.subscribe('test.throws', (message) => {
      if (message.text() === '1') throw new Error('a bug');
      received.push(message.text());
    });
    connection.publish('test.throws', '1');
    connection.publish('test.throws', '2');
    await vi.waitFor(() => expect(received).toEqual(['2']));
    expect(connection.counts.listenerErrors).toBe(1);
    expect(log.lines.map(({ message }) => message)).toEqual(['handling a message of the cluster failed']);
  });

  test('rejects and counts what is sent while it is cut off, and connects again', async () => {
    const proxy = await startProxy(Number(new URL(natsUrl!).port));
    afterTest(() => proxy.close());
    const { connection, log } = await connectNode({ nats: [proxy.url] });
    const received: string[] = [];
    connection.subscribe('test.cut', (message) => received.push(message.text()));
    await connection.client.flush();
    let change = changeOf(connection);
    proxy.cut();
    expect(await change).toBe(false);
    expect(connection.problem?.code).toBe('CLUSTER_UNREACHABLE');
    expect(() => connection.publish('test.cut', '1')).toThrow(
      expect.objectContaining({ code: 'CLUSTER_UNREACHABLE' }),
    );
    expect(connection.offer('test.cut', '2')).toBe(false);
    change = changeOf(connection);
    proxy.mend();
    expect(await change).toBe(true);
    connection.publish('test.cut', '3');
    await vi.waitFor(() => expect(received).toEqual(['3']));
    expect(connection).toMatchObject({ problem: undefined, counts: { reconnects: 1, dropped: 2 } });
    expect(log.lines.map(({ message }) => message)).toEqual([
      'NATS disconnected, retrying',
      'NATS reconnected',
    ]);
  });

  test('survives a restart of the server, and a password that is wrong for a while', async () => {
    const server = await secured();
    const { connection, log } = await connectNode({
      nats: [server.url],
      user: 'u',
      password: 'secret-pw',
    });
    let change = changeOf(connection);
    await server.kill();
    expect(await change).toBe(false);
    change = changeOf(connection);
    const other = await startNats({ port: server.port, lines: ['authorization { user: u, password: x }'] });
    const rejected = () => log.lines.filter(({ fields }) => fields['code'] === 'CLUSTER_ACCESS_DENIED');
    await vi.waitFor(() => expect(rejected().length).toBeGreaterThan(2), { timeout: 20_000 });
    expect(JSON.stringify(log.lines)).not.toContain('secret-pw');
    await other.stop();
    await server.start();
    expect(await change).toBe(true);
  });

  test('notices a server that does not answer', async () => {
    const server = await serve({});
    const { connection } = await connectNode({ nats: [server.url], leaseSeconds: 1 });
    const change = changeOf(connection);
    server.signal('SIGSTOP');
    expect(await change).toBe(false);
    server.signal('SIGCONT');
  });

  test('limits what waits for a server that reads nothing', async () => {
    const server = await serve({});
    const { connection } = await connectNode({ nats: [server.url] });
    server.signal('SIGSTOP');
    const piece = new Uint8Array(1024 * 1024);
    const sent = Array.from({ length: 40 }, () => connection.offer('test.big', piece));
    expect(sent.filter(Boolean)).toHaveLength(16);
    expect(connection.counts.dropped).toBe(24);
    server.signal('SIGCONT');
    await vi.waitFor(() => expect(connection.offer('test.big', piece)).toBe(true), { timeout: 20_000 });
  });

  test('closes within its limit if the server does not answer', async () => {
    const server = await serve({});
    const clock = { delay: () => Promise.resolve() };
    const { connection } = await connectNode({ nats: [server.url] }, clock);
    server.signal('SIGSTOP');
    await connection.close();
    expect(connection.isConnected).toBe(false);
  });
});
