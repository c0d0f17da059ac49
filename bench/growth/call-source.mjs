/** A provider plugin that emits the events of its requests: `{ "events": [...] }`, as the contract defines them. */
import { defineProvider } from '@sidetone/core';

export default defineProvider({
  name: 'call-source',
  displayName: 'Call source',
  contract: 1,
  options: { '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value }) } },
  create(_options, host) {
    return {
      start: async () => undefined,
      stop: async () => undefined,
      controls: {},
      ingress: {
        async request({ body }) {
          for (const event of JSON.parse(new TextDecoder().decode(body)).events) host.emit(event);
          return { status: 200 };
        },
      },
    };
  },
});
