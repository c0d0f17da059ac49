/**
 * A provider plugin whose requests each carry many events: final utterances, spread over calls. The daemon answers a request when
 * its events are stored, so the time of a request is the wait for the commit.
 */
import { defineProvider, providerCallId } from '@sidetone/core';

const TEXT = 'Good morning, I would like to move my appointment on Thursday to another day.';
const options = {
  '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value }) },
};

export default defineProvider({
  name: 'event-source',
  displayName: 'Event source',
  contract: 1,
  options,
  create(_options, host) {
    let utterances = 0;
    return {
      start: async () => undefined,
      stop: async () => undefined,
      controls: {},
      ingress: {
        async request({ body, receivedAt }) {
          const { calls, events } = JSON.parse(new TextDecoder().decode(body));
          for (let index = 0; index < events; index++) {
            const id = providerCallId(`call-${index % calls}`);
            const dedupeKey = `utterance ${++utterances}`;
            const event = { providerCallId: id, occurredAt: receivedAt, dedupeKey };
            host.emit({ ...event, type: 'utterance.final', party: 'CUSTOMER', text: TEXT });
          }
          return { status: 200 };
        },
      },
    };
  },
});
