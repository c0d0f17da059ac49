/** Starts one nats-server with JetStream for a test run, on a free port. Every test file has a cluster name of its own. */
import type { TestProject } from 'vitest/node';
import { isNatsInstalled, startNats } from './nats-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the server; undefined if there is none. */
    nats: string | undefined;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!isNatsInstalled) {
    process.stderr.write('NATS is skipped: install nats-server (Debian has a package of this name)\n');
    project.provide('nats', undefined);
    return undefined;
  }
  const server = await startNats();
  project.provide('nats', server.url);
  return () => server.stop();
}
