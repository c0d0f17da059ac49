/** A command whose node dies while the provider is asked: the node that takes over the call reports its outcome. */
import { describe, expect, test } from 'vitest';
import { query, startDaemon, tempDir, type DaemonRun, type Json } from '../../support/daemon.ts';
import { liveCall, scripted, writeScriptedConfig } from '../../support/scripted.ts';
import { startServers } from './support/servers.ts';

const servers = await startServers();
const SAY = `mutation ($id: ID!, $key: String) {
  say(input: { callId: $id, content: "Hello.", idempotencyKey: $key }) { command { id status } failure { code } call { id } }
}`;

describe.skipIf(!servers)('a command', () => {
  const start = (url: string, node: string): Promise<DaemonRun> =>
    startDaemon(
      writeScriptedConfig(tempDir(), {
        storage: `{ kind: postgres, url: '${url}' }`,
        extra: `cluster: { nats: ['${servers!.nats.url}'], node: ${node}, name: commands, leaseSeconds: 2 }`,
      }),
    );

  test('is UNKNOWN if its node dies before the provider answers, and is not repeated with its key', async () => {
    const url = await servers!.newDatabase();
    const [first, second] = [await start(url, 'a'), await start(url, 'b')];
    const line = scripted(first.url);
    await line.emit(liveCall('one'));
    await line.behave({ say: 'hang' });
    const id = await line.idOf('one');
    const sent = query(second.url, SAY, { id, key: 'mine' });
    const commands = '{ calls { nodes { commands(first: 10) { nodes { id status } } } } }';
    const stored = async (): Promise<Json[]> =>
      (await query(second.url, commands)).calls.nodes[0].commands.nodes as Json[];
    await expect.poll(async () => (await stored()).length, { timeout: 60_000 }).toBe(1);
    await first.end('SIGKILL');
    const { say } = await sent;
    expect(say).toMatchObject({
      command: { status: 'UNKNOWN' },
      failure: { code: 'PROVIDER_TIMEOUT' },
      call: { id },
    });
    const again = await query(second.url, SAY, { id, key: 'mine' });
    expect(again.say).toEqual(say);
    expect(await stored()).toEqual([say.command]);
    // The call continues at the other node.
    const next = await query(second.url, SAY, { id, key: 'another' });
    expect(next.say.command.status).toMatch(/ACCEPTED|CONFIRMED/);
    await second.end('SIGTERM');
  });
});
