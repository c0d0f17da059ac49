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

describe('the call generator', () => {
  it('starts the given number of each kind and replaces an ended call', async () => {
    const application = await createApplication();
    const started: ReturnType<typeof fakeCall>[] = [];
    const start = (): SimulatedCall => {
      started.push(fakeCall());
      return started.at(-1)?.call as SimulatedCall;
    };
    const kind = { target: () => application.url, start };
    const stop = startCallGenerator({ calls: 2, kinds: [kind, kind], pauseMs: 10, staggerMs: 20 });
    await application.until('four calls', () => started.length === 4);
    started[0]?.end();
    await application.until('a fifth call', () => started.length === 5);
    stop();
    await application.close();
    expect(started).toHaveLength(5);
  });

  it('checks an unreachable target again and then starts a call', async () => {
    const spare = createServer();
    await new Promise<void>((resolve) => spare.listen(0, '127.0.0.1', resolve));
    const { port } = spare.address() as AddressInfo;
    await new Promise((resolve) => spare.close(resolve));
    let checks = 0;
    const started = createDeferred<boolean>();
    const stop = startCallGenerator({
      calls: 1,
      kinds: [
        {
          target: () => {
            checks += 1;
            if (checks === 2) spare.listen(port, '127.0.0.1');
            return `http://127.0.0.1:${port}/`;
          },
          start: () => {
            started.resolve(true);
            return fakeCall().call;
          },
        },
      ],
    });
    expect(await started.promise).toBe(true);
    expect(checks).toBeGreaterThanOrEqual(2);
    stop();
    await new Promise((resolve) => spare.close(resolve));
  });

  it('isListening returns whether a port accepts connections', async () => {
    const application = await createApplication();
    expect(await isListening(application.url)).toBe(true);
    await application.close();
    expect(await isListening(application.url)).toBe(false);
  });
});
