/** A provider whose events the parent of the daemon asks for. Loaded by path, like a third-party plugin. */
import { defineProvider, providerCallId, type OptionsSchema } from '@sidetone/core';
import { eventOf, serveParent } from './contenders/events.mjs';

const NO_OPTIONS: OptionsSchema<object> = {
  '~standard': { version: 1, vendor: 'sidetone-bench', validate: () => ({ value: {} }) },
};

export default defineProvider({
  name: 'fanout-bench',
  displayName: 'Benchmark of the fan-out',
  contract: 1,
  options: NO_OPTIONS,
  create: (_options, host) => ({
    async start() {
      const call = { providerCallId: providerCallId('bench-call'), occurredAt: Date.now() };
      host.emit({ ...call, type: 'call.status', status: 'IN_PROGRESS' });
      serveParent((number) => {
        const { party, text } = eventOf(number).utterance;
        host.emit({ ...call, type: 'utterance.final', occurredAt: Date.now(), party, text });
      });
    },
    async stop() {
      process.removeAllListeners('message');
    },
  }),
});
