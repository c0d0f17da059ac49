import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isListening, startCallGenerator } from '../../src/call/call-generator.ts';
import type { SimulatedCall } from '../../src/index.ts';
import { createDeferred } from '../../src/deferred.ts';
import { createApplication } from '../support/application.ts';

function fakeCall(): { call: SimulatedCall; end: () => void } {
  const { promise, resolve } = createDeferred<ReturnType<SimulatedCall['state']>>();
  const call = { id: 'call', over: promise } as SimulatedCall;
  return { call, end: () => resolve({} as ReturnType<SimulatedCall['state']>) };
}

describe('keeping calls', () => {
  it('begins as many of each kind as it is told to, and a new one after each that is over', async () => {
    const application = await createApplication();
    const begun: ReturnType<typeof fakeCall>[] = [];
    const start = (): SimulatedCall => {
      begun.push(fakeCall());
      return begun.at(-1)?.call as SimulatedCall;
    };
    const kind = { target: () => application.url, start };
    const stop = startCallGenerator({ calls: 2, kinds: [kind, kind], pauseMs: 10, staggerMs: 20 });
    await application.until('four calls', () => begun.length === 4);
    begun[0]?.end();
    await application.until('a fifth call', () => begun.length === 5);
    stop();
    await application.close();
    expect(begun).toHaveLength(5);
  });

  it('asks again whether somebody listens, and begins a call when that is so', async () => {
    const spare = createServer();
    await new Promise<void>((resolve) => spare.listen(0, '127.0.0.1', resolve));
    const { port } = spare.address() as AddressInfo;
    await new Promise((resolve) => spare.close(resolve));
    let asked = 0;
    const begun = createDeferred<boolean>();
    const stop = startCallGenerator({
      calls: 1,
      kinds: [
        {
          target: () => {
            asked += 1;
            if (asked === 2) spare.listen(port, '127.0.0.1');
            return `http://127.0.0.1:${port}/`;
          },
          start: () => {
            begun.resolve(true);
            return fakeCall().call;
          },
        },
      ],
    });
    expect(await begun.promise).toBe(true);
    expect(asked).toBeGreaterThanOrEqual(2);
    stop();
    await new Promise((resolve) => spare.close(resolve));
  });

  it('tells a port where somebody listens from one where nobody does', async () => {
    const application = await createApplication();
    expect(await isListening(application.url)).toBe(true);
    await application.close();
    expect(await isListening(application.url)).toBe(false);
  });
});
