/** The provider that tests use to make up calls. */
import { describe, expect, test } from 'vitest';
import { collect, connect, query, startDaemon, tempDir, until } from './support/daemon.ts';
import { endedCall, liveCall, said, scripted, utterances, writeScriptedConfig } from './support/scripted.ts';

describe('the scripted provider', () => {
  test('emits what it is sent, carries audio, and answers commands as asked', async () => {
    const { url } = await startDaemon(writeScriptedConfig(tempDir(), { providers: { line: 'A name' } }));
    const line = scripted(url);
    const many = Array.from({ length: 200 }, (_, i) => `call-${i}`);
    await line.emit(
      ...many.map((id) => liveCall(id)),
      endedCall('long', 9_000_000),
      utterances('long', 3000),
      [said('call-0', 'CUSTOMER', 'Hello.')],
    );
    const ended = await line.idOf('long');
    const { calls, call } = await query(
      url,
      `query ($id: ID!) { calls(first: 1, filter: { live: true }) { totalCount nodes { provider { displayName } } }
       call(id: $id) { isLive utterances(last: 1) { nodes { text } } } }`,
      { id: ended },
    );
    expect(calls).toEqual({ totalCount: 200, nodes: [{ provider: { displayName: 'A name' } }] });
    expect(call).toEqual({
      isLive: false,
      utterances: { nodes: [{ text: 'That is the line number 3000.' }] },
    });

    const id = await line.idOf('call-0');
    await line.audio(many, { CUSTOMER: -12 });
    const levels = collect(
      connect(url),
      `subscription { audioLevels(callIds: ["${id}"]) { levels { parties { party rmsDb } } } }`,
    );
    await until(
      () => levels.items.some((item) => item?.audioLevels.levels[0]?.parties[0]?.rmsDb > -20),
      'levels',
    );

    const say = `mutation ($id: ID!, $key: String) { say(input: { callId: $id, content: "x", idempotencyKey: $key }) { failure { code } command { status } } }`;
    await line.behave({ say: 'refuse' });
    const refused = await query(url, say, { id, key: 'first' });
    expect(refused.say.failure.code).toBe('PROVIDER_REFUSED');
    await line.behave({ say: 'confirm' });
    await query(url, say, { id, key: 'second' });
    const status = `{ call(id: "${id}") { commands(first: 2) { nodes { status } } } }`;
    await until(
      async () =>
        (await query(url, status)).call.commands.nodes.some(
          ({ status }: { status: string }) => status === 'CONFIRMED',
        ),
      'the command is confirmed',
    );
  });
});
