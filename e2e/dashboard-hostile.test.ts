/** Texts of callers, providers and clients that would run if the dashboard inserted them as HTML, in a real browser. */
import { describe, expect, test } from 'vitest';
import { hasBrowser, openPage, SKIP_REASON } from './support/browser.ts';
import { query, startDaemon, tempDir, until, writeConfig } from './support/daemon.ts';

const FOREIGN = 'evil.example';
const HOSTILE = [
  `<img src=x onerror="window.ran=1">`,
  `<script src="https://${FOREIGN}/x.js"></script>`,
  `<svg onload="window.ran=2"><a href="javascript:window.ran=3">x</a></svg>`,
  `"><iframe srcdoc="<script>parent.ran=4</script>"></iframe>`,
  `javascript:window.ran=5`,
  `<style>@import url(https://${FOREIGN}/x.css)</style><base href="https://${FOREIGN}/">`,
  `{{constructor.constructor('window.ran=6')()}}\u202Egnp.exe`,
].join(' ');

/** Sends a Vapi webhook about a call whose every text is hostile. */
async function send(url: string, message: object): Promise<void> {
  const call = {
    id: 'hostile-call',
    type: 'inboundPhoneCall',
    customer: { number: HOSTILE, name: HOSTILE },
    assistant: { id: 'a', name: HOSTILE },
  };
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ message: { timestamp: Date.now(), call, ...message } });
  const { status } = await fetch(`${url}providers/vapi/webhook`, { method: 'POST', headers, body });
  expect(status).toBe(200);
}

describe(`the dashboard${SKIP_REASON}`, () => {
  test.skipIf(!hasBrowser)(
    'shows hostile texts as text, runs nothing, and requests nothing from elsewhere',
    async () => {
      const { url } = await startDaemon(writeConfig(tempDir(), { url: 'http://127.0.0.1:1' }));
      await send(url, { type: 'status-update', status: 'in-progress' });
      for (const role of ['user', 'assistant']) {
        await send(url, { type: 'transcript', role, transcriptType: 'final', transcript: HOSTILE });
      }
      await send(url, { type: 'transcript', role: 'user', transcriptType: 'partial', transcript: HOSTILE });
      const id = await until(
        async () => (await query(url, '{ calls { nodes { id } } }')).calls.nodes[0]?.id as string | undefined,
        'the call',
      );
      await query(
        url,
        `mutation ($callId: ID!, $tag: String!, $text: String!) {
          tagCall(callId: $callId, add: [$tag]) { id }
          addNote(callId: $callId, text: $text) { id }
        }`,
        { callId: id, tag: HOSTILE.slice(0, 60), text: HOSTILE },
      );
      const { page, addresses } = await openPage(url);
      const expectInert = async (): Promise<void> => {
        expect(await page.evaluate('window.ran')).toBeUndefined();
        const added =
          'iframe, base, [onerror], [onload], [href^="javascript:" i], script:not([src^="./assets/"], [src^="../assets/"])';
        expect(await page.locator(added).count()).toBe(0);
        expect(addresses.filter((address) => new URL(address).host !== new URL(url).host)).toEqual([]);
      };
      // Options of a filter contain it too, and are not visible.
      const shown = page.getByText('onerror="window.ran=1"').filter({ visible: true }).first();
      await page.goto(url);
      await shown.waitFor();
      await expectInert();
      await page.goto(`${url}calls/${id}`);
      await page.getByRole('log', { name: 'Transcript' }).getByText('window.ran=2').first().waitFor();
      await expectInert();
      await send(url, { type: 'status-update', status: 'ended', endedReason: HOSTILE });
      await page.goto(`${url}history?q=${encodeURIComponent('window')}`);
      await page.getByText('window.ran').first().waitFor();
      await expectInert();
      await page.goto(`${url}history?q=${encodeURIComponent(HOSTILE)}`);
      await page.goto(`${url}overview`);
      await page.getByRole('heading').first().waitFor();
      await expectInert();
    },
  );
});
