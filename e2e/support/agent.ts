/**
 * A voice agent written for Vobiz, which uses Vobiz's stream protocol and does not depend on Sidetone. It greets with a tone
 * followed by a checkpoint, and records the messages it receives.
 */
import { WebSocketServer, type WebSocket } from 'ws';
import { onEnd } from './cleanup.ts';

export interface AgentMessage {
  readonly event: string;
  readonly start?: { readonly callId: string; readonly streamId: string };
  readonly media?: { readonly track: string; readonly payload: string };
  readonly name?: string;
  readonly dtmf?: { readonly digit: string };
}

/** One socket of the agent. */
export interface AgentSocket {
  readonly path: string;
  readonly messages: AgentMessage[];
  /** The close code; undefined while it is open. */
  closedWith: number | undefined;
  send(message: object): void;
  /** Sends a mu-law tone of `ms` milliseconds, all at once. */
  say(ms: number, hz: number): void;
  /** Breaks the connection without a closing handshake. */
  cut(): void;
  close(code: number): void;
}

export interface Agent {
  readonly url: string;
  readonly sockets: readonly AgentSocket[];
  /** Whether new connections are accepted. */
  accepts: boolean;
}

const FRAME_MS = 20;
const SAMPLES = 160;

/** Encodes a sample as G.711 mu-law. */
function muLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(32_635, Math.abs(sample)) + 132;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)) & 0xff;
}

/** Returns a frame of a tone at -12 dBFS peak; consecutive frames join seamlessly. */
function toneFrame(hz: number, frame: number): string {
  const amplitude = 32_767 * 10 ** (-12 / 20);
  const bytes = Uint8Array.from({ length: SAMPLES }, (_, i) =>
    muLaw(Math.round(amplitude * Math.sin((2 * Math.PI * hz * (frame * SAMPLES + i)) / 8000))),
  );
  return Buffer.from(bytes).toString('base64');
}

export interface AgentOptions {
  /** The duration of the greeting, ms; 0: none. */
  readonly greetingMs?: number;
  readonly hz?: number;
}

export async function startAgent({ greetingMs = 0, hz = 1000 }: AgentOptions = {}): Promise<Agent> {
  const sockets: AgentSocket[] = [];
  const agent = { url: '', sockets, accepts: true };
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: () => agent.accepts,
  });
  onEnd(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  server.on('connection', (ws: WebSocket, request) => {
    const socket = wrap(ws, request.url ?? '');
    sockets.push(socket);
    ws.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as AgentMessage;
      socket.messages.push(message);
      if (message.event !== 'start' || greetingMs === 0) return;
      socket.say(greetingMs, hz);
      socket.send({ event: 'checkpoint', name: 'greeting' });
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (typeof address === 'string' || !address) throw new Error('not listening');
  agent.url = `ws://127.0.0.1:${address.port}/voice`;
  return agent;
}

function wrap(ws: WebSocket, path: string): AgentSocket {
  const streamId = (): string | undefined =>
    socket.messages.find(({ event }) => event === 'start')?.start?.streamId;
  const socket: AgentSocket = {
    path,
    messages: [],
    closedWith: undefined,
    send: (message) => ws.send(JSON.stringify({ streamId: streamId(), ...message })),
    say(ms, hz) {
      for (let frame = 0; frame < ms / FRAME_MS; frame++) {
        const media = { contentType: 'audio/x-mulaw', sampleRate: 8000, payload: toneFrame(hz, frame) };
        socket.send({ event: 'playAudio', media });
      }
    },
    cut: () => ws.terminate(),
    close: (code) => ws.close(code),
  };
  ws.on('close', (code) => (socket.closedWith = code));
  ws.on('error', () => undefined);
  return socket;
}
