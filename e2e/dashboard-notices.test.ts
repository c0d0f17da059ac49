/** The dashboard's notices about providers and transcribers, in a real browser. */
import { describe, expect, test } from 'vitest';
import { expectAccessible, hasBrowser, openPage, SKIP_REASON } from './support/browser.ts';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';
import { simulator } from './support/process.ts';

const post = async (url: string): Promise<number> =>
  (await fetch(`${url}providers/vapi/webhook`, { method: 'POST', body: '{}' })).status;

describe(`the notices of the dashboard${SKIP_REASON}`, () => {
  test.skipIf(!hasBrowser)(
    'name wrong keys and rejected webhooks on every page, and on that of a call what it misses',
    async () => {
      const cloud = await simulator();
      const config = writeConfig(tempDir(), cloud, {
        vapi: { webhook: { secret: 'the-secret-of-the-webhook' } },
        deepgram: { apiKey: 'a-wrong-key' },
      });
      const daemon = await startDaemon(config);
      expect(await Promise.all([1, 2, 3].map(() => post(daemon.url)))).toEqual([401, 401, 401]);
      const states = async (): Promise<string> => {
        const { providers, transcribers } = await query(
          daemon.url,
          '{ providers { id state } transcribers { state } }',
        );
        const vapi = providers.find(({ id }: { id: string }) => id === 'vapi');
        return `${vapi.state} ${transcribers[0].state}`;
      };
      // Within seconds of the start, not after a minute.
      await until(async () => (await states()) === 'DEGRADED DEGRADED', 'both are degraded');

      const { page } = await openPage(daemon.url);
      const notices = page.getByRole('region', { name: 'Notices' });
      await notices.getByText(/all 3 webhooks since .* were rejected.*Use the same webhook secret/).waitFor();
      await notices.getByText(/Deepgram is degraded: /).waitFor();
      expect(await notices.getByRole('listitem').count()).toBe(2);
      await page.getByText('No live calls').waitFor();
      await expectAccessible(page);
      const shift = await page.evaluate<number>(
        `new Promise((resolve) => new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0))).observe({ type: 'layout-shift', buffered: true }) ?? setTimeout(() => resolve(0), 500))`,
      );
      expect(shift).toBeLessThan(0.02);
      for (const name of ['History', 'Overview']) {
        await page.getByRole('link', { name, exact: true }).click();
        await notices.getByText(/Use the same webhook secret/).waitFor();
        await expectAccessible(page);
      }

      await cloud.pointAt(daemon.url);
      const providerCallId = await cloud.startCall('vobiz', 'hello');
      const found = `{ callByProviderId(providerId: "vobiz", providerCallId: "${providerCallId}") { id } }`;
      const call = await until(async () => (await query(daemon.url, found)).callByProviderId, 'the call');
      await page.goto(`${daemon.url}calls/${call.id}`);
      const transcript = page.getByRole('region', { name: /transcript/i });
      await transcript.getByText(/^Transcription by Deepgram failed: .*key/).waitFor();
      await expectAccessible(page);
    },
  );
});
