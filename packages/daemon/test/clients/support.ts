/** A daemon with an access token and some calls, for the tests of client libraries. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event, numberedUtterance } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const TOKEN = 'a-token-for-client-libraries';
export const AUTHORIZATION = `Bearer ${TOKEN}`;

export interface ClientDaemon extends TestDaemon {
  readonly socketUrl: string;
  /** Emits an utterance as soon as a subscription has started. */
  emitUtterance(): Promise<void>;
}

/** Five live calls, `c0` to `c4`. */
export async function startClientDaemon(): Promise<ClientDaemon> {
  const dir = join(tempDir(), 'client');
  mkdirSync(dir);
  const it = await startTestDaemon(dir, {
    auth: { tokens: [{ name: 'client', token: TOKEN, scopes: ['read', 'control'] }] },
  });
  for (let i = 0; i < 5; i++) {
    it.emit(event('call.status', { status: 'IN_PROGRESS' }, { call: `c${i}`, at: 1000 + i }));
  }
  await it.committed();
  return {
    ...it,
    socketUrl: it.url('graphql').replace(/^http/, 'ws'),
    async emitUtterance() {
      await until(() => it.readers() === 1, 'the subscription started');
      it.emit(numberedUtterance(1, 'c0'));
    },
  };
}
