// @ts-check
/**
 * A provider plugin that emits the events that it is sent, carries tones on as many calls as asked, and answers commands as
 * asked. Tests use it through `scripted.ts`, which documents it.
 */
import { encodeMulaw, FaultError, providerCallId } from '@sidetone/core';

const FRAME_MS = 100;
const SAMPLE_RATE = 8000;
const SAMPLES = (SAMPLE_RATE * FRAME_MS) / 1000;
const PARTIES = /** @type {const} */ (['CUSTOMER', 'ASSISTANT']);
/** A body of 3,000 utterances is larger than the default limit. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** @typedef {import('@sidetone/core').ProviderCallId} ProviderCallId */
/** @typedef {import('./scripted.ts').Behaviour} Behaviour */

/** @type {Record<Exclude<Behaviour, 'confirm' | 'accept' | 'hang'>, import('@sidetone/core').FaultCode>} */
const FAULTS = {
  refuse: 'PROVIDER_REFUSED',
  unreachable: 'PROVIDER_UNREACHABLE',
  limit: 'PROVIDER_RATE_LIMITED',
};

const decoder = new TextDecoder();

/** @param {number} hz @param {number} dbfs */
function toneOf(hz, dbfs) {
  const peak = 32_767 * 10 ** (dbfs / 20);
  const samples = Int16Array.from({ length: SAMPLES }, (_, i) =>
    Math.round(peak * Math.sin((2 * Math.PI * hz * i) / SAMPLE_RATE)),
  );
  return encodeMulaw(samples);
}

/** What a control does besides its answer. @type {Record<string, (id: ProviderCallId, args: any) => object | undefined>} */
const EFFECTS = {
  endCall: () => ({ type: 'call.ended', end: { category: 'OPERATOR_ENDED' } }),
  transfer: (_id, { number, sipUri }) => ({ type: 'transfer.started', destination: number ?? sipUri }),
  say: (_id, { content }) => ({ type: 'utterance.final', party: 'ASSISTANT', text: content }),
};
const CONTROLS = [
  'say',
  'addMessage',
  'mute',
  'unmute',
  'sayFirstMessage',
  'transfer',
  'handoff',
  'endCall',
  'sendDtmf',
  'playAudio',
  'clearAudio',
];

/**
 * Asks the provider outside of the daemon to execute a command. @param {string} remote
 * @param {string} control @param {any} call @param {any} args @param {any} context
 */
async function executeRemotely(remote, control, call, args, { commandId, signal }) {
  const body = JSON.stringify({ commandId, control, call: call.providerCallId, args });
  const response = await fetch(remote, { method: 'POST', body, signal }).catch((error) => {
    throw new FaultError('PROVIDER_TIMEOUT', 'the provider did not answer', { cause: error });
  });
  if (!response.ok) throw new FaultError('PROVIDER_REFUSED', `the provider answered with ${response.status}`);
}

/**
 * With `remote`, commands are sent to that URL, which answers with 2xx if it executes them, and reports their effects and
 * confirmations as events.
 * @param {{ name: string, displayName: string, remote?: string | undefined }} names
 */
export const createScriptedProvider = ({ name, displayName, remote }) => ({
  name,
  displayName,
  contract: 1,
  options: {
    '~standard': { version: 1, vendor: 'test', validate: (/** @type {unknown} */ value) => ({ value }) },
  },
  create(/** @type {unknown} */ _options, /** @type {import('@sidetone/core').ProviderHost} */ host) {
    /** @type {Map<ProviderCallId, { stream: import('@sidetone/core').MediaStream, tones: Record<string, Uint8Array> }>} */
    const audible = new Map();
    /** @type {Record<string, Behaviour>} */
    let behaviours = {};
    let placed = 0;

    const emit = (/** @type {any} */ event) =>
      host.emit({
        occurredAt: host.clock.now(),
        ...event,
        providerCallId: providerCallId(event.providerCallId),
      });

    async function behave(/** @type {string} */ control, /** @type {AbortSignal} */ signal) {
      const behaviour = behaviours[control] ?? 'confirm';
      if (behaviour === 'hang') await new Promise((resolve) => signal.addEventListener('abort', resolve));
      if (behaviour in FAULTS)
        throw new FaultError(/** @type {any} */ (FAULTS)[behaviour], 'the test asked for this answer');
      return behaviour;
    }

    const controls = Object.fromEntries(
      CONTROLS.map((control) => [
        control,
        async (
          /** @type {any} */ call,
          /** @type {any} */ args,
          /** @type {any} */ { commandId, signal },
        ) => {
          if (remote !== undefined)
            return executeRemotely(remote, control, call, args, { commandId, signal });
          if ((await behave(control, signal)) !== 'confirm') return;
          const effect = EFFECTS[control]?.(call.providerCallId, args);
          if (effect) emit({ ...effect, providerCallId: call.providerCallId });
          emit({ type: 'command.confirmed', commandId, providerCallId: call.providerCallId });
        },
      ]),
    );

    /** Writes a frame for each call with demand. */
    function play() {
      for (const [id, { stream, tones }] of audible) {
        if (!host.hasDemand('levels', id) && !host.hasDemand('audio', id)) continue;
        for (const [party, frame] of Object.entries(tones)) stream.write(/** @type {any} */ (party), frame);
      }
      host.clock.schedule(FRAME_MS, play);
    }

    /** Handles each path. @type {Record<string, (body: any) => void>} */
    const ROUTES = {
      events: (events) => events.forEach(emit),
      behave: (changes) => void (behaviours = { ...behaviours, ...changes }),
      audio({ calls, hz = 440, ...levels }) {
        for (const id of calls.map(providerCallId)) {
          audible.get(id)?.stream.end('the test changed the audio');
          audible.delete(id);
          const parties = PARTIES.filter((party) => levels[party] !== undefined);
          if (parties.length === 0) continue;
          const stream = host.openStream({
            providerCallId: id,
            encoding: 'mulaw',
            sampleRate: SAMPLE_RATE,
            parties,
          });
          const tones = Object.fromEntries(parties.map((party) => [party, toneOf(hz, levels[party])]));
          audible.set(id, { stream, tones });
        }
      },
    };

    return {
      async start() {
        play();
      },
      async stop() {
        for (const { stream } of audible.values()) stream.end('the plugin stopped');
      },
      async health() {
        if ((behaviours['health'] ?? 'confirm') !== 'confirm')
          throw new Error('the test asked for this state');
      },
      providesTranscript: true,
      controls,
      async placeCall(/** @type {any} */ { to, from }, /** @type {any} */ { signal }) {
        await behave('placeCall', signal);
        const id = providerCallId(`placed-${++placed}`);
        const details = { direction: 'OUTBOUND', to, ...(from !== undefined && { from }) };
        emit({ type: 'call.started', providerCallId: id, status: 'RINGING', details });
        return id;
      },
      async watch(/** @type {ProviderCallId} */ id, /** @type {any} */ { signal }) {
        await behave('watch', signal);
        emit({ type: 'call.started', providerCallId: id, status: 'IN_PROGRESS' });
      },
      ingress: {
        maxBodyBytes: MAX_BODY_BYTES,
        async request(/** @type {import('@sidetone/core').IngressRequest} */ { path, body }) {
          const route = ROUTES[path];
          if (!route) return { status: 404 };
          route(JSON.parse(decoder.decode(body)));
          return { status: 204 };
        },
      },
    };
  },
});
