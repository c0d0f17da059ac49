/**
 * A provider plugin whose requests each carry many events, spread over calls. The daemon answers a request when its events are
 * stored, so the time of a request includes the wait for the commit.
 */
import { defineProvider, providerCallId } from '@sidetone/core';

const TEXT = 'Good morning, I would like to move my appointment on Thursday to another day.';
const options = {
  '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value }) },
};

const KINDS = {
  utterances: () => ({ type: 'utterance.final', party: 'CUSTOMER', text: TEXT }),
  /** A start and a stop of each call in turn: others would change nothing. */
  speech: (round) => ({ type: round % 2 === 0 ? 'speech.started' : 'speech.stopped', party: 'CUSTOMER' }),
};

export default defineProvider({
  name: 'event-source',
  displayName: 'Event source',
  contract: 1,
  options,
  create(_options, host) {
    let emitted = 0;
    return {
      start: async () => undefined,
      stop: async () => undefined,
      controls: {},
      ingress: {
        async request({ body, receivedAt }) {
          const { kind, calls, events } = JSON.parse(new TextDecoder().decode(body));
          for (let count = 0; count < events; count++) {
            const index = emitted++;
            const id = providerCallId(`call-${index % calls}`);
            const event = { providerCallId: id, occurredAt: receivedAt, dedupeKey: `event ${index}` };
            host.emit({ ...event, ...KINDS[kind](Math.floor(index / calls)) });
          }
          return { status: 200 };
        },
      },
    };
  },
});
