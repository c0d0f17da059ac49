/** Vapi's side: its webhooks, its calls, and the control URLs to which commands are posted. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const TEXT = 'Good morning, I would like to move my appointment on Thursday to another day.';

const callOf = (id: string, vapi: string) => ({
  id,
  orgId: 'bench',
  type: 'inboundPhoneCall',
  status: 'in-progress',
  createdAt: '2026-01-01T10:00:00.000Z',
  customer: { number: '+14155550100' },
  monitor: {
    listenUrl: `${vapi.replace(/^http/, 'ws')}/${id}/listen`,
    controlUrl: `${vapi}/${id}/control`,
  },
});

export const begunWebhook = (id: string, vapi: string): string =>
  JSON.stringify({
    message: {
      type: 'status-update',
      status: 'in-progress',
      timestamp: Date.now(),
      call: callOf(id, vapi),
    },
  });

/** An utterance whose text ends with the instant of its sending, ns, which all processes of a machine share. */
export const utteranceWebhook = (id: string, vapi: string): string =>
  JSON.stringify({
    message: {
      type: 'transcript',
      role: 'user',
      transcriptType: 'final',
      transcript: `${TEXT} ${process.hrtime.bigint()}`,
      timestamp: Date.now(),
      call: callOf(id, vapi),
    },
  });

/** Returns how long ago the utterance was sent that a message of a subscription contains, ms. */
export function ageOf(message: string): number {
  const sent = /another day\. (\d+)/.exec(message)?.[1];
  if (sent === undefined) throw new Error(`expected an utterance, received ${message}`);
  return Number(process.hrtime.bigint() - BigInt(sent)) / 1e6;
}

/** Starts Vapi's REST API and the control URLs, which accept everything. Returns its address, without a slash at its end. */
export async function startVapi(): Promise<string> {
  let address = '';
  const server = createServer((request, response) => {
    request.resume();
    const id = /^\/call\/([^/?]+)/.exec(request.url ?? '')?.[1];
    const body = request.method === 'GET' ? (id === undefined ? [] : callOf(id, address)) : {};
    response.setHeader('content-type', 'application/json');
    request.once('end', () => response.end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return address;
}
