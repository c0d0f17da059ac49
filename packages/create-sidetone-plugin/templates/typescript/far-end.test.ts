import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startApi } from './far-end.ts';

it('answers the requests of the plugin', async () => {
  const { url, close } = await startApi();
  try {
    const call = await fetch(`${url}/calls/a-17`);
    assert.deepEqual(await call.json(), { state: 'live' });
    const ended = await fetch(`${url}/calls/a-17/end`, { method: 'POST' });
    assert.equal(ended.status, 200);
  } finally {
    close();
  }
});
