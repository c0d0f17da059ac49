import { sendMessage } from '@sidetone/plugin-kit';
import { createFakeSocket } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';

const NEVER = new AbortController().signal;

describe('sendMessage', () => {
  it('resolves when the socket has accepted the message', async () => {
    const { socket, peer } = createFakeSocket();
    peer.onMessage(() => undefined);
    await sendMessage(socket, 'hello', NEVER);
    expect(peer.received).toEqual(['hello']);
  });

  it('rejects with PROVIDER_TIMEOUT if the signal aborts first', async () => {
    const { socket } = createFakeSocket();
    socket.stall();
    const abort = new AbortController();
    const sending = sendMessage(socket, 'hello', abort.signal);
    abort.abort();
    await expect(sending).rejects.toMatchObject({ code: 'PROVIDER_TIMEOUT' });
    await expect(sendMessage(socket, 'hello', abort.signal)).rejects.toMatchObject({
      code: 'PROVIDER_TIMEOUT',
    });
  });

  it('rejects with PROVIDER_UNREACHABLE if the connection breaks', async () => {
    const { socket } = createFakeSocket();
    socket.stall();
    const sending = sendMessage(socket, 'hello', NEVER);
    socket.cut();
    await expect(sending).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
  });
});
