import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { createApplication } from './support/application.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const children: ChildProcess[] = [];

interface Run {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exit: Promise<number | null>;
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, ['--conditions=@sidetone/source', '--import', 'tsx', MAIN, ...args]);
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return { child, stdout: () => out, stderr: () => err, exit };
}

async function ready({ child, stdout }: Run): Promise<{ url: string } & Record<string, unknown>> {
  while (!stdout().includes('\n')) await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  return JSON.parse(stdout()) as { url: string };
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('the process', () => {
  it('prints one JSON line when it is ready, and nothing else', async () => {
    const process = run();
    const { url, ...line } = await ready(process);
    expect({ url, ...line }).toEqual({
      event: 'ready',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      vapi: { apiBaseUrl: `${url}/vapi` },
      vobiz: { apiBaseUrl: `${url}/vobiz/api/v1` },
      deepgram: { baseUrl: `${url.replace('http', 'ws')}/deepgram` },
    });
    expect((await fetch(`${url}/simulator/scripts`)).status).toBe(200);
    process.child.kill('SIGTERM');
    expect(await process.exit).toBe(0);
    expect([process.stdout().split('\n').length, process.stderr()]).toEqual([2, '']);
  });

  it('exits when its standard input closes, with --exit-with-stdin', async () => {
    const process = run('--exit-with-stdin');
    await ready(process);
    process.child.stdin?.end();
    expect(await process.exit).toBe(0);
  });

  it('prints one line and exits with code 1 when its port is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const process = run('--port', String((server.address() as AddressInfo).port));
    expect(await process.exit).toBe(1);
    expect(process.stdout()).toBe('');
    expect(process.stderr()).toMatch(/^sidetone-simulator: .*EADDRINUSE.*\n$/);
    await new Promise((resolve) => server.close(resolve));
  });

  it('keeps calls of both providers running until it exits', async () => {
    const application = await createApplication();
    const { url } = application;
    const process = run('--calls', '1', '--vapi-webhook', `${url}/vapi`, '--vobiz-answer', `${url}/answer`);
    await ready(process);
    await application.until(
      'calls',
      () => application.vapi('assistant.started').length > 0 && application.forms('StartApp').length > 0,
    );
    process.child.kill('SIGINT');
    expect(await process.exit).toBe(0);
    await application.close();
  });
});
