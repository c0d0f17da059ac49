// The process as a whole: one HTTP server on loopback that is three clouds and, beside them, the surface through
// which a test commands them.

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { keepCalls } from './call/call-generator.ts';
import type { CallState, ProviderName, SimulatedCall } from './call/call-state.ts';
import { createFrameClock } from './call/frame-clock.ts';
import { answerSurface } from './control/control-api.ts';
import type { DeepgramBehaviour } from './deepgram/behaviour.ts';
import { createDeepgramCloud } from './deepgram/cloud.ts';
import type { DeepgramSessionState } from './deepgram/session-state.ts';
import { pathOf, readRequest, sendReply } from './http/http-request.ts';
import type { HttpReply, HttpRequest } from './http/http-request.ts';
import { loadSpeech } from './speech/library.ts';
import type { Script } from './speech/library.ts';
import type { VapiBehaviour } from './vapi/behaviour.ts';
import type { VapiCall } from './vapi/call.ts';
import { createVapiCloud } from './vapi/cloud.ts';
import type { Credential } from './vapi/webhook/credential.ts';
import type { PastOptions } from './vapi/past-calls.ts';
import type { VobizBehaviour } from './vobiz/behaviour.ts';
import type { VobizCall } from './vobiz/call-contract.ts';
import { createVobizCloud } from './vobiz/cloud.ts';

/** The keys that the fake clouds accept when none are given. They are no secrets. */
export const DEMO_KEYS = {
  vapiApiKey: 'demo-vapi-key',
  vapiPublicKey: 'demo-vapi-public-key',
  vobizAuthId: 'MA_DEMO',
  vobizAuthToken: 'demo-vobiz-token',
  deepgramApiKey: 'demo-deepgram-key',
} as const;

/** Where the clouds send what they have to tell. Without a target nothing is sent. */
export interface Targets {
  /** Vapi's server URL. */
  readonly vapiWebhook?: string | undefined;
  /** What Vapi sends along as `x-vapi-secret`. */
  readonly vapiWebhookSecret?: string | undefined;
  /** What else proves that webhooks come from Vapi. */
  readonly vapiCredential?: Credential | undefined;
  /** Static headers of Vapi's webhooks; they win over the credential. */
  readonly vapiWebhookHeaders?: Readonly<Record<string, string>> | undefined;
  /** The answer URL of Vobiz's application. */
  readonly vobizAnswer?: string | undefined;
  /** The hangup URL of Vobiz's application; without it the answer URL is told. */
  readonly vobizHangup?: string | undefined;
}

/** How a simulator is set up. Everything has a default. */
export interface SimulatorOptions {
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly targets?: Targets;
  readonly vapi?: {
    readonly apiKey?: string;
    /** The key that monitoring asks for where it is authenticated. */
    readonly publicKey?: string;
    readonly behaviour?: Partial<VapiBehaviour>;
    /** Calls that were over before the simulator began. */
    readonly history?: PastOptions;
  };
  readonly vobiz?: {
    readonly authId?: string;
    readonly authToken?: string;
    /** The key of signatures; the token that REST asks for, unless told otherwise. */
    readonly signingToken?: string;
    /** The key of a parent account's signatures; `signingToken`, unless told otherwise. */
    readonly parentToken?: string;
    readonly behaviour?: Partial<VobizBehaviour>;
  };
  readonly deepgram?: {
    readonly apiKey?: string;
    readonly behaviour?: Partial<DeepgramBehaviour>;
  };
  /** How many calls of each provider to keep going; 0, the default, begins none. */
  readonly calls?: number;
}

/** Which call to begin. */
export type StartCall =
  | { readonly provider: 'vapi'; readonly script?: string; readonly behaviour?: Partial<VapiBehaviour> }
  | { readonly provider: 'vobiz'; readonly script?: string; readonly behaviour?: Partial<VobizBehaviour> };

/** The fake Vapi, as a test sees it. */
export interface VapiSide {
  readonly apiBaseUrl: string;
  readonly apiKey: string;
  readonly publicKey: string;
  call(id: string): VapiCall | undefined;
  /** Changes dials for calls that begin later, and for REST at once. Throws a `RangeError` for an unknown one. */
  dial(dials: Partial<VapiBehaviour>): void;
  /** Makes up calls of the past. Throws a `RangeError` when they are too many. */
  remember(past: PastOptions): void;
}

/** The fake Vobiz, as a test sees it. */
export interface VobizSide {
  readonly apiBaseUrl: string;
  readonly authId: string;
  readonly authToken: string;
  call(id: string): VobizCall | undefined;
  /** Changes dials for calls that begin later, and for REST at once. Throws a `RangeError` for an unknown one. */
  dial(dials: Partial<VobizBehaviour>): void;
}

/** The fake Deepgram, as a test sees it. */
export interface DeepgramSide {
  /** What `/v1/listen` is appended to. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** What is true about every socket that is remembered, oldest first. */
  sessions(): DeepgramSessionState[];
  /** Changes dials, also for sockets that are open. Throws a `RangeError` for an unknown one. */
  dial(dials: Partial<DeepgramBehaviour>): void;
  /** Breaks the connection of one socket, by its request id, or of all. Returns how many were open. */
  cut(id?: string): number;
}

/** Three fake clouds. Whoever creates them closes them. */
export interface Simulator {
  readonly url: string;
  readonly vapi: VapiSide;
  readonly vobiz: VobizSide;
  readonly deepgram: DeepgramSide;
  readonly scripts: readonly Script[];
  /** Changes where calls that begin from now on are told about; what is left out stays. */
  pointAt(targets: Targets): void;
  /** Begins a call. Throws a `RangeError` for a script or a dial that does not exist. */
  startCall(call: StartCall): SimulatedCall;
  /** Every call that is remembered, oldest first. */
  calls(): CallState[];
  call(id: string): SimulatedCall | undefined;
  /** Ends all calls without a word, and the server. */
  close(): Promise<void>;
}

const VAPI_BASE = '/vapi';
const VOBIZ_BASE = '/vobiz/api/v1';
const DEEPGRAM_BASE = '/deepgram';
const SURFACE_BASE = '/simulator';
const TOO_LARGE: HttpReply = { status: 413, headers: { connection: 'close' } };
const PER_CALL = /^\/([0-9a-f-]{36})\/(control|listen|transport)$/;

/** Starts a simulator. Rejects when its port is taken. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0, calls = 0 } = options;
  const apiKey = options.vapi?.apiKey ?? DEMO_KEYS.vapiApiKey;
  const publicKey = options.vapi?.publicKey ?? DEMO_KEYS.vapiPublicKey;
  const account = {
    authId: options.vobiz?.authId ?? DEMO_KEYS.vobizAuthId,
    authToken: options.vobiz?.authToken ?? DEMO_KEYS.vobizAuthToken,
  };
  const signingToken = options.vobiz?.signingToken ?? account.authToken;
  let targets: Targets = options.targets ?? {};
  let url = '';
  const speech = loadSpeech();
  const clock = createFrameClock();
  const vapi = createVapiCloud({
    speech,
    clock,
    apiKey,
    publicKey,
    behaviour: options.vapi?.behaviour ?? {},
    origin: () => url,
    webhook: () => ({
      url: targets.vapiWebhook,
      secret: targets.vapiWebhookSecret,
      credential: targets.vapiCredential ?? { type: 'none' },
      headers: targets.vapiWebhookHeaders ?? {},
    }),
  });
  const vobiz = createVobizCloud({
    speech,
    clock,
    account,
    keys: { token: signingToken, parentToken: options.vobiz?.parentToken ?? signingToken },
    behaviour: options.vobiz?.behaviour ?? {},
    application: () => ({ answerUrl: targets.vobizAnswer, hangupUrl: targets.vobizHangup }),
  });
  const deepgramKey = options.deepgram?.apiKey ?? DEMO_KEYS.deepgramApiKey;
  const deepgram = createDeepgramCloud({
    speech,
    apiKey: deepgramKey,
    behaviour: options.deepgram?.behaviour ?? {},
  });
  const clouds = { vapi, vobiz };

  const scriptNamed = (name: string | undefined): Script => {
    const script = name === undefined ? speech.scripts[0] : speech.script(name);
    if (script === undefined) throw new RangeError(`script ${name} does not exist`);
    return script;
  };
  const simulator: Simulator = {
    get url() {
      return url;
    },
    get vapi() {
      return {
        apiBaseUrl: url + VAPI_BASE,
        apiKey,
        publicKey,
        call: (id: string) => vapi.calls.find((call) => call.id === id),
        dial: vapi.dial,
        remember: vapi.remember,
      };
    },
    get vobiz() {
      return {
        apiBaseUrl: url + VOBIZ_BASE,
        ...account,
        call: (id: string) => vobiz.calls.find((call) => call.id === id),
        dial: vobiz.dial,
      };
    },
    get deepgram() {
      return {
        baseUrl: url.replace('http', 'ws') + DEEPGRAM_BASE,
        apiKey: deepgramKey,
        sessions: deepgram.sessions,
        dial: deepgram.dial,
        cut: deepgram.cut,
      };
    },
    scripts: speech.scripts,
    pointAt(changes) {
      targets = { ...targets, ...changes };
    },
    startCall: ({ provider, script, behaviour = {} }) =>
      clouds[provider].start(scriptNamed(script), behaviour),
    calls: () => [...vapi.calls, ...vobiz.calls].map((call) => call.state()),
    call: (id) => [...vapi.calls, ...vobiz.calls].find((call) => call.id === id),
    async close() {
      stopKeeping();
      clock.close();
      vapi.close();
      vobiz.close();
      deepgram.close();
      await closeServer(server);
    },
  };

  const route = (request: HttpRequest): HttpReply => {
    const { path } = request;
    if (path.startsWith(`${VAPI_BASE}/`)) return vapi.rest(request, path.slice(VAPI_BASE.length));
    if (path.startsWith(`${VOBIZ_BASE}/`)) return vobiz.rest(request, path.slice(VOBIZ_BASE.length));
    if (path.startsWith(`${DEEPGRAM_BASE}/`)) return deepgram.rest(request, path.slice(DEEPGRAM_BASE.length));
    if (path.startsWith(`${SURFACE_BASE}/`))
      return answerSurface(request, path.slice(SURFACE_BASE.length), simulator);
    const [, callId, purpose] = PER_CALL.exec(path) ?? [];
    if (callId !== undefined && purpose === 'control' && request.method === 'POST') {
      return vapi.control(callId, request);
    }
    return { status: 404, body: { message: 'Not Found' } };
  };

  const server = createServer((message, response) => void serve(message, response, route));
  server.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = pathOf(message);
    const [, callId, purpose] = PER_CALL.exec(path) ?? [];
    if (path.startsWith(`${DEEPGRAM_BASE}/`))
      deepgram.upgrade(message, path.slice(DEEPGRAM_BASE.length), socket, head);
    else if (callId !== undefined && (purpose === 'listen' || purpose === 'transport'))
      vapi.upgrade(purpose, callId, message, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  if (options.vapi?.history !== undefined) vapi.remember(options.vapi.history);
  url = await listen(server, host, port);

  const demonstrated = speech.scripts.filter(({ title }) => !title.endsWith('for tests'));
  let begun = 0;
  const next = (provider: ProviderName) => (): SimulatedCall => {
    begun += 1;
    const script = demonstrated[begun % demonstrated.length];
    return simulator.startCall({ provider, ...(script === undefined ? {} : { script: script.name }) });
  };
  const stopKeeping = keepCalls({
    calls,
    kinds: [
      { target: () => targets.vapiWebhook, start: next('vapi') },
      { target: () => targets.vobizAnswer, start: next('vobiz') },
    ],
  });
  return simulator;
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  route: (request: HttpRequest) => HttpReply,
): Promise<void> {
  let request: HttpRequest | undefined;
  try {
    request = await readRequest(message);
  } catch {
    response.destroy(); // the request broke off
    return;
  }
  sendReply(response, request === undefined ? TOO_LARGE : route(request));
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { port: actual } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
