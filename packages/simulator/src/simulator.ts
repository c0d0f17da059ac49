// Three simulated clouds and the control API behind one HTTP server on loopback.

import { startCallGenerator } from './call/call-generator.ts';
import type { ProviderName, SimulatedCall } from './call/call-state.ts';
import { createFrameClock } from './call/frame-clock.ts';
import type { FrameClock } from './call/frame-clock.ts';
import { createDeepgramCloud } from './deepgram/cloud.ts';
import { startHttpServer } from './http/http-server.ts';
import { BASE_PATHS, createRouter } from './router.ts';
import { DEMO_KEYS } from './simulator-contract.ts';
import type { Simulator, SimulatorOptions, StartCall, Targets } from './simulator-contract.ts';
import { loadSpeech } from './speech/library.ts';
import type { Script, SpeechLibrary } from './speech/library.ts';
import { createVapiCloud } from './vapi/cloud.ts';
import type { VapiCloud } from './vapi/cloud.ts';
import { createVobizCloud } from './vobiz/cloud.ts';
import type { VobizCloud } from './vobiz/cloud.ts';

/** Starts a simulator. Rejects when its port is in use. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0, calls = 0 } = options;
  const shared: Shared = {
    speech: loadSpeech(),
    clock: createFrameClock(),
    targets: options.targets ?? {},
    url: '',
  };
  const { speech, clock } = shared;
  const vapi = createVapi(shared, options.vapi);
  const vobiz = createVobiz(shared, options.vobiz);
  const deepgramKey = options.deepgram?.apiKey ?? DEMO_KEYS.deepgramApiKey;
  const deepgram = createDeepgramCloud({
    speech,
    apiKey: deepgramKey,
    behaviour: options.deepgram?.behaviour ?? {},
  });
  const clouds = { vapi: vapi.cloud, vobiz: vobiz.cloud };
  const allCalls = (): SimulatedCall[] => [...clouds.vapi.calls, ...clouds.vobiz.calls];

  const simulator: Simulator = {
    get url() {
      return shared.url;
    },
    vapi: {
      get apiBaseUrl() {
        return shared.url + BASE_PATHS.vapi;
      },
      ...vapi.keys,
      call: (id) => clouds.vapi.calls.find((call) => call.id === id),
      setBehaviour: clouds.vapi.setBehaviour,
      addPastCalls: clouds.vapi.addPastCalls,
    },
    vobiz: {
      get apiBaseUrl() {
        return shared.url + BASE_PATHS.vobiz;
      },
      ...vobiz.account,
      call: (id) => clouds.vobiz.calls.find((call) => call.id === id),
      setBehaviour: clouds.vobiz.setBehaviour,
    },
    deepgram: {
      get baseUrl() {
        return shared.url.replace('http', 'ws') + BASE_PATHS.deepgram;
      },
      apiKey: deepgramKey,
      sessions: deepgram.sessions,
      setBehaviour: deepgram.setBehaviour,
      cut: deepgram.cut,
    },
    scripts: speech.scripts,
    pointAt(changes) {
      shared.targets = { ...shared.targets, ...changes };
    },
    startCall: ({ provider, script, behaviour = {} }) =>
      clouds[provider].start(scriptNamed(speech, script), behaviour),
    calls: () => allCalls().map((call) => call.state()),
    call: (id) => allCalls().find((call) => call.id === id),
    async close() {
      stopGenerating();
      clock.close();
      clouds.vapi.close();
      clouds.vobiz.close();
      deepgram.close();
      await server.close();
    },
  };

  if (options.vapi?.history !== undefined) clouds.vapi.addPastCalls(options.vapi.history);
  const server = await startHttpServer(createRouter({ ...clouds, deepgram, simulator }), host, port);
  shared.url = server.url;
  const stopGenerating = generateCalls(calls, simulator, () => shared.targets);
  return simulator;
}

/** What all clouds need. The targets and the URL are read at each use. */
interface Shared {
  readonly speech: SpeechLibrary;
  readonly clock: FrameClock;
  targets: Targets;
  url: string;
}

function createVapi(
  shared: Shared,
  options: SimulatorOptions['vapi'] = {},
): { readonly cloud: VapiCloud; readonly keys: { readonly apiKey: string; readonly publicKey: string } } {
  const keys = {
    apiKey: options.apiKey ?? DEMO_KEYS.vapiApiKey,
    publicKey: options.publicKey ?? DEMO_KEYS.vapiPublicKey,
  };
  const cloud = createVapiCloud({
    speech: shared.speech,
    clock: shared.clock,
    ...keys,
    behaviour: options.behaviour ?? {},
    origin: () => shared.url,
    webhook: () => ({
      url: shared.targets.vapiWebhook,
      secret: shared.targets.vapiWebhookSecret,
      credential: shared.targets.vapiCredential ?? { type: 'none' },
      headers: shared.targets.vapiWebhookHeaders ?? {},
    }),
  });
  return { cloud, keys };
}

function createVobiz(
  shared: Shared,
  options: SimulatorOptions['vobiz'] = {},
): { readonly cloud: VobizCloud; readonly account: { readonly authId: string; readonly authToken: string } } {
  const account = {
    authId: options.authId ?? DEMO_KEYS.vobizAuthId,
    authToken: options.authToken ?? DEMO_KEYS.vobizAuthToken,
  };
  const token = options.signingToken ?? account.authToken;
  const cloud = createVobizCloud({
    speech: shared.speech,
    clock: shared.clock,
    account,
    keys: { token, parentToken: options.parentToken ?? token },
    behaviour: options.behaviour ?? {},
    application: () => ({ answerUrl: shared.targets.vobizAnswer, hangupUrl: shared.targets.vobizHangup }),
  });
  return { cloud, account };
}

function scriptNamed(speech: SpeechLibrary, name: string | undefined): Script {
  const script = name === undefined ? speech.scripts[0] : speech.script(name);
  if (script === undefined) throw new RangeError(`script: unknown script ${name}`);
  return script;
}

/** Keeps calls of both providers running, with the demonstration scripts in turn. Returns a function that stops it. */
function generateCalls(calls: number, simulator: Simulator, targets: () => Targets): () => void {
  const scripts = simulator.scripts.filter(({ title }) => !title.endsWith('for tests'));
  let started = 0;
  const startNext = (provider: ProviderName) => (): SimulatedCall => {
    started += 1;
    const script = scripts[started % scripts.length];
    const call: StartCall = { provider, ...(script === undefined ? {} : { script: script.name }) };
    return simulator.startCall(call);
  };
  return startCallGenerator({
    calls,
    kinds: [
      { target: () => targets().vapiWebhook, start: startNext('vapi') },
      { target: () => targets().vobizAnswer, start: startNext('vobiz') },
    ],
  });
}
