import { WebSocket } from 'ws';
import { samplesOf } from './signal.ts';

export interface Frame {
  readonly customer: Int16Array;
  readonly assistant: Int16Array;
}

/** A listener of a Vapi call that records audio and messages in order. */
export interface Listener {
  readonly received: (Frame | Record<string, unknown>)[];
  readonly frames: Frame[];
  readonly messages: Record<string, unknown>[];
  readonly closed: Promise<number>;
}

export function isFrame(item: Frame | Record<string, unknown>): item is Frame {
  return item['customer'] instanceof Int16Array;
}

export async function listenTo(url: string): Promise<Listener> {
  const socket = new WebSocket(url);
  const received: Listener['received'] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) {
      received.push(JSON.parse(data.toString('utf8')) as Record<string, unknown>);
      return;
    }
    const samples = samplesOf(data);
    received.push({
      customer: samples.filter((_, index) => index % 2 === 0),
      assistant: samples.filter((_, index) => index % 2 === 1),
    });
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return {
    received,
    closed,
    get frames() {
      return received.filter(isFrame);
    },
    get messages() {
      return received.filter((item): item is Record<string, unknown> => !isFrame(item));
    },
  };
}

/** Returns the response to a rejected handshake. */
export function rejectionOf(url: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.on('open', () => reject(new Error('the handshake was accepted')));
    socket.on('error', () => {});
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString('utf8');
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
  });
}
