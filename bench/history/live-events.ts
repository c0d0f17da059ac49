/** Measures how long events take from a webhook to a subscriber. */
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { postWebhook } from '../../e2e/support/attacks.ts';
import { SECRET } from './database.ts';

/** Sends `count` events, one every `intervalMs`, and returns the delay of each, ms. */
export async function liveDelays(url: string, count: number, intervalMs: number): Promise<readonly number[]> {
  const client = createClient({
    url: new URL('graphql', url).href.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
  });
  const call = `live-${Date.now()}`;
  const sent = new Map<string, number>();
  const delays: number[] = [];
  const subscription = client.iterate<{ callEvents: { utterance?: { text: string } } }>({
    query:
      'subscription { callEvents(types: [UTTERANCE_FINALIZED]) { ... on UtteranceFinalized { utterance { text } } } }',
  });
  const received = (async () => {
    for await (const { data } of subscription) {
      const started = sent.get(data?.callEvents.utterance?.text ?? '');
      if (started !== undefined) delays.push(performance.now() - started);
      if (delays.length === count) return;
    }
  })();
  for (let i = 0; i < count; i++) {
    const text = `sentence number ${i}`;
    sent.set(text, performance.now());
    void postWebhook(url, transcriptOf(call, text), SECRET);
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
  await Promise.race([received, new Promise((resolve) => setTimeout(resolve, 5000))]);
  await client.dispose();
  return delays;
}

function transcriptOf(call: string, transcript: string): string {
  const message = {
    type: 'transcript',
    role: 'user',
    transcriptType: 'final',
    transcript,
    call: { id: call },
  };
  return JSON.stringify({ message: { ...message, timestamp: Date.now() } });
}
