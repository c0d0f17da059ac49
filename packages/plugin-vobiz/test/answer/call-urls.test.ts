import type { ProviderHost } from '@sidetone/core';
import { createFakeHost, createIngressRequest } from '@sidetone/testkit';
import plugin from '@sidetone/plugin-vobiz';
import { describe, expect, it } from 'vitest';
import { readOptions } from '../harness.ts';
import { form } from '../samples.ts';

describe('the URLs in the XML of a call', () => {
  it('are those of the time of the call: with port 0, the port is known once the daemon listens', async () => {
    let base = 'http://127.0.0.1:0/providers/vobiz/';
    const host: ProviderHost = { ...createFakeHost(), publicUrl: (path) => new URL(path, base) };
    const provider = plugin.create(await readOptions(), host);
    await provider.start(new AbortController().signal);
    base = 'http://127.0.0.1:6390/providers/vobiz/';
    const request = createIngressRequest({ path: 'answer', form: form('answer_minimal_fields') });
    const { body } = await provider.ingress!.request!(request);
    expect(String(body)).toContain('callbackUrl="http://127.0.0.1:6390/providers/vobiz/events"');
    expect(String(body)).toContain('statusCallbackUrl="http://127.0.0.1:6390/providers/vobiz/stream-status"');
    expect(String(body)).not.toContain(':0/');
  });
});
