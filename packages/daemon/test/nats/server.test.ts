import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, inject, test } from 'vitest';
import { startNats } from './support/nats-server.ts';
import { startProxy } from './support/proxy.ts';

const url = inject('nats');

describe.skipIf(url === undefined)('the servers of the tests (NATS)', () => {
  test('have JetStream', async () => {
    const connection = await connect({ servers: url! });
    const account = await (await jetstreamManager(connection)).getAccountInfo();
    await connection.close();
    expect(account.limits.max_streams).toBe(-1);
  });

  test('keep their data if they are restarted with it, and only then', async () => {
    const server = await startNats();
    const streams = async (add = false): Promise<number> => {
      const connection = await connect({ servers: server.url });
      const manager = await jetstreamManager(connection);
      if (add) await manager.streams.add({ name: 'kept', subjects: ['kept'] });
      const account = await manager.getAccountInfo();
      await connection.close();
      return account.streams;
    };
    expect(await streams(true)).toBe(1);
    await server.start({ keepData: true });
    expect(await streams()).toBe(1);
    await server.start({ keepData: false });
    expect(await streams()).toBe(0);
    await server.stop();
  });

  test('can be cut off by a proxy', async () => {
    const proxy = await startProxy(Number(new URL(url!).port));
    const connection = await connect({ servers: proxy.url, reconnect: false });
    await connection.flush();
    proxy.cut();
    await connection.closed();
    await expect(
      connect({ servers: proxy.url, reconnect: false, maxReconnectAttempts: 0 }),
    ).rejects.toThrow();
    proxy.mend();
    await (await connect({ servers: proxy.url })).close();
    await proxy.close();
  });
});
