/** A started instance of the plugin on a fake host. */
import type { IngressResponse, Provider } from '@sidetone/core';
import {
  createFakeHost,
  createFakeSocket,
  createIngressRequest,
  type FakeHost,
  type FakeHostOptions,
  type FakeSocket,
} from '@sidetone/testkit';
import plugin, { type VobizOptions } from '@sidetone/plugin-vobiz';
import { form } from './samples.ts';

export const AUTH = { authId: 'MA_TEST0001', authToken: 'auth-token-0' } as const;
export const BASE = 'https://api.vobiz.ai/api/v1';
const signal = new AbortController().signal;

export async function readOptions(options: object = {}): Promise<VobizOptions> {
  const given = { ...AUTH, answer: { mode: 'tap', dial: '+918000000001' }, ...options };
  const result = await plugin.options['~standard'].validate(given);
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

export interface Harness {
  readonly host: FakeHost;
  readonly provider: Provider;
  post(path: string, fields: Record<string, string>): Promise<IngressResponse>;
  /** Answers the inbound call of the samples and returns the path of its stream URL. */
  answer(): Promise<string>;
  /** Opens a socket at a path, like the daemon after its admission. */
  open(path: string): FakeSocket;
}

export async function start(options: object = {}, hostOptions: FakeHostOptions = {}): Promise<Harness> {
  const host = createFakeHost(hostOptions);
  const provider = plugin.create(await readOptions(options), host);
  await provider.start(signal);
  const { request, admitSocket, socket } = provider.ingress!;
  const post: Harness['post'] = (path, fields) =>
    request!(createIngressRequest({ path, form: fields, receivedAt: host.clock.now() }));
  return {
    host,
    provider,
    post,
    async answer() {
      const { body } = await post('answer', form('answer_minimal_fields'));
      return /stream\/[^<]+/.exec(String(body))![0];
    },
    open(path) {
      const upgrade = createIngressRequest({ method: 'GET', path });
      const admission = admitSocket!(upgrade);
      if (!admission.admit) throw new Error(`not admitted: ${admission.status}`);
      const pair = createFakeSocket();
      socket!(upgrade, pair.socket);
      return pair.peer;
    },
  };
}
