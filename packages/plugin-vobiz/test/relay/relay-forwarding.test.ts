import { describe, expect, it } from 'vitest';
import { MAX_BUFFERED_MEDIA_DIALLING } from '../../src/relay/agent-queue.ts';
import { EARLY_MESSAGES_MS } from '../../src/stream/early-messages.ts';
import {
  AGENT_URL,
  CALL_ID,
  CLEAR,
  CLEARED,
  command,
  confirmed,
  FRAME,
  media,
  out,
  say,
  START,
  startRelay,
  startRelays,
  tell,
} from './relay-harness.ts';
import { CALL, frame, samplesOf, STREAM, textOf } from '../samples.ts';

const fromVobiz = samplesOf('stream-in');
const fromAgents = samplesOf('stream-out');

describe('what Vobiz says', () => {
  it.each(fromVobiz.map(({ name }) => name))('reaches the agent byte for byte: %s', async (name) => {
    const { host, vobiz, agent } = await startRelay();
    // A start for another call would be none of this one's.
    const text = frame(name).replaceAll('CALL_7h2k9', CALL);
    await tell(host, vobiz, text);
    expect(agent().received).toEqual([START, text]);
    host.verify();
  });

  it('reaches it in order, the start first and then what came before it', async () => {
    const { host, open, agent } = await startRelays();
    const vobiz = open();
    const early = [frame('seq02_media_before_start'), frame('dtmf_plivo_shape')];
    const rest = [frame('seq02_media_after_start'), frame('played_stream'), frame('stop_older_call_ended')];
    await tell(host, vobiz, ...early, frame('seq02_start_late'), ...rest);
    await host.clock.settle();
    expect(agent().received).toEqual([frame('seq02_start_late'), ...early, ...rest]);
  });

  it('before a start that is late is forgotten', async () => {
    const { host, open, agent } = await startRelays();
    const vobiz = open();
    await tell(host, vobiz, frame('seq02_media_before_start'));
    await host.clock.advance(EARLY_MESSAGES_MS);
    await tell(host, vobiz, START);
    expect(agent().received).toEqual([START]);
  });

  it('in bytes reaches it in bytes', async () => {
    const { host, vobiz, agent } = await startRelay();
    await tell(host, vobiz, Uint8Array.of(1, 2));
    expect(agent().received).toEqual([START, Uint8Array.of(1, 2)]);
  });

  it('waits for an agent that is being dialled, and then the newest two seconds of audio', async () => {
    const { host, open, agent } = await startRelays();
    let answer = (): void => undefined;
    host.answerDials(() => new Promise<void>((resolve) => (answer = resolve)));
    const vobiz = open();
    const frames = Array.from({ length: MAX_BUFFERED_MEDIA_DIALLING + 2 }, (_, chunk) =>
      media(FRAME, { chunk }),
    );
    await tell(host, vobiz, START, frame('dtmf_flat_digit'), ...frames);
    answer();
    await host.clock.settle();
    await tell(host, vobiz, frame('played_stream'));
    agent();
    expect(agent().received).toEqual([
      START,
      frame('dtmf_flat_digit'),
      ...frames.slice(2),
      frame('played_stream'),
    ]);
    expect(host.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('is asked for by the address of the call, in which what is not known is empty', async () => {
    const { host } = await startRelay();
    expect(host.dials[0]?.url.href).toBe(
      AGENT_URL.replace('{callId}', CALL).replace('{from}', '%2B919000000002'),
    );
    expect(host.logText()).not.toContain('s3cr3t');
  });

  it('goes to one agent socket for each of its sockets, and a start that is repeated to the same', async () => {
    const { host, vobiz, open, agent } = await startRelay();
    await tell(host, vobiz, START);
    const another = open();
    await tell(host, another, START.replaceAll(STREAM, 'another'), media(FRAME, {}));
    expect(host.dials).toHaveLength(2);
    expect(agent(0).received).toEqual([START, START]);
    expect(agent(1).received).toHaveLength(2);
  });

  it('to a call that is not relayed closes its socket', async () => {
    const { host, relays, open } = await startRelays();
    await relays.forget(CALL_ID);
    expect(relays.isExpected(CALL_ID)).toBe(false);
    const vobiz = open();
    await host.clock.settle();
    expect(vobiz.closing?.code).toBe(1008);
    expect(host.clock.pending).toBe(0);
  });

  it('under the name of another call closes its socket, and no agent is dialled', async () => {
    const { host, open } = await startRelays();
    const vobiz = open();
    await tell(host, vobiz, JSON.stringify({ event: 'start', start: { callId: 'other', streamId: STREAM } }));
    expect(vobiz.closing?.code).toBe(1008);
    expect(host.dials).toEqual([]);
    expect(host.clock.pending).toBe(0);
  });
});

describe('what the agent says', () => {
  it.each(fromAgents.map(({ name, body }) => [name, textOf(body)] as const))(
    'reaches Vobiz byte for byte: %s',
    async (_name, text) => {
      const { host, vobiz, agent } = await startRelay();
      await tell(host, agent(), text);
      expect(vobiz.received).toEqual([text]);
      host.verify();
    },
  );

  it('reaches it in order', async () => {
    const { host, vobiz, agent } = await startRelay();
    const messages = fromAgents.filter(({ name }) => name !== 'stop').map(({ body }) => textOf(body));
    await tell(host, agent(), ...messages);
    expect(vobiz.received).toEqual(messages);
  });

  it('is left out where it is no message, and counted', async () => {
    const { host, vobiz, agent } = await startRelay();
    await tell(host, agent(), '{"event":"playAu', '[]', 'null', Uint8Array.of(1));
    expect(vobiz.received).toEqual([]);
    vobiz.close();
    await host.clock.settle();
    const done = host.logs.find(({ message }) => message === 'relay closed');
    expect(done?.fields).toMatchObject({ malformedByAgent: 3, binaryByAgent: 1 });
  });
});

describe('the gate', () => {
  it('to the assistant lets nothing pass that it says, and clears what it had said, once', async () => {
    const { host, relay, vobiz, agent } = await startRelay();
    await relay().mute('ASSISTANT', command('mute'));
    await tell(host, agent(), say(FRAME), out('checkpoint'));
    expect(vobiz.received).toEqual([CLEAR, out('checkpoint')]);
    expect(confirmed(host)).toEqual([]);
    await tell(host, vobiz, CLEARED);
    expect(confirmed(host)).toEqual(['cmd_mute']);
    expect(agent().received).toEqual([START]);
    await relay().mute('ASSISTANT', command('again'));
    await host.clock.settle();
    expect(confirmed(host)).toEqual(['cmd_mute', 'cmd_again']);
    expect(vobiz.received).toHaveLength(2);
    await relay().unmute('ASSISTANT', command('unmute'));
    await tell(host, agent(), say(FRAME));
    expect(vobiz.received.at(-1)).toBe(say(FRAME));
    expect(confirmed(host).at(-1)).toBe('cmd_unmute');
    host.verify();
  });

  it('to the assistant is closed whether Vobiz says that it cleared, or not', async () => {
    const { host, relay } = await startRelay();
    await relay().mute('ASSISTANT', command('mute'));
    await host.clock.advance(999);
    expect(confirmed(host)).toEqual([]);
    await host.clock.advance(1);
    expect(confirmed(host)).toEqual(['cmd_mute']);
  });

  it('to the customer lets silence of the same length pass, in the same message', async () => {
    const { host, relay, vobiz, agent } = await startRelay();
    await relay().mute('CUSTOMER', command('mute'));
    expect(confirmed(host)).toEqual(['cmd_mute']);
    await tell(host, vobiz, frame('seq01_both_inbound'), frame('dtmf_plivo_shape'));
    const { body } = fromVobiz.find(({ name }) => name === 'seq01_both_inbound')!;
    const heard = JSON.parse(String(agent().received[1])) as { media: { payload: string } };
    expect(heard).toEqual({
      ...body,
      media: { ...(body['media'] as object), payload: Buffer.alloc(160, 0xff).toString('base64') },
    });
    expect(agent().received[2]).toBe(frame('dtmf_plivo_shape'));
    await relay().unmute('CUSTOMER', command('unmute'));
    await tell(host, vobiz, frame('seq01_both_inbound'));
    expect(agent().received[3]).toBe(frame('seq01_both_inbound'));
  });

  it('holds for the next socket of the call, and after a restart', async () => {
    const { host, relay, vobiz, open, agent } = await startRelay();
    await relay().mute('ASSISTANT', command('a'));
    await relay().mute('CUSTOMER', command('c'));
    vobiz.cut();
    const next = open();
    await tell(host, next, START, media(FRAME));
    await tell(host, agent(), say(FRAME));
    expect(next.received).toEqual([]);
    expect(String(agent().received[1])).not.toContain(FRAME);

    const later = await startRelay({ hostOptions: { clock: host.clock, state: host.state } });
    await tell(later.host, later.vobiz, media(FRAME));
    await tell(later.host, later.agent(), say(FRAME));
    expect(later.vobiz.received).toEqual([]);
    expect(String(later.agent().received[1])).not.toContain(FRAME);
  });
});

describe('an answer of Vobiz', () => {
  it('to the agent is the agent’s, and to us is not', async () => {
    const { host, relay, vobiz, agent } = await startRelay();
    await tell(host, agent(), CLEAR);
    await relay().clear(command('clear'));
    await tell(host, vobiz, CLEARED);
    expect(agent().received).toEqual([START, CLEARED]);
    expect(confirmed(host)).toEqual([]);
    await tell(host, vobiz, CLEARED);
    expect(agent().received).toHaveLength(2);
    expect(confirmed(host)).toEqual(['cmd_clear']);
  });

  it('that is lost is not taken from whoever asks next', async () => {
    const { host, relay, vobiz, agent } = await startRelay();
    await relay().clear(command('clear'));
    await host.clock.advance(1000);
    await tell(host, agent(), CLEAR);
    await tell(host, vobiz, CLEARED);
    expect(agent().received).toEqual([START, CLEARED]);
    expect(confirmed(host)).toEqual([]);
    await tell(host, vobiz, CLEARED);
    expect(confirmed(host)).toEqual(['cmd_clear']);
    expect(agent().received).toHaveLength(2);
  });

  it('that is lost on the socket may still come as a status callback', async () => {
    const { host, relay, relays } = await startRelay();
    await relay().clear(command('clear'));
    relays.statusCallback({ callId: CALL, event: 'ClearedAudio', streamId: STREAM });
    expect(confirmed(host)).toEqual([]);
    await host.clock.advance(1000);
    expect(confirmed(host)).toEqual(['cmd_clear']);
  });
});
