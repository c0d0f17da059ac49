/** What subscriptions read. */
import type { CallId } from '@sidetone/core';
import { createCursors } from '../calls/cursor.ts';
import { Demand } from '../live/demand.ts';
import { CallViewers } from '../live/call-viewers.ts';
import { createFeeds } from '../live/feeds.ts';
import { LatestPartials } from '../live/latest-partials.ts';
import { RecordHub } from '../live/record-hub.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Register } from './registration.ts';

export function registerLive(register: Register, { clock, ids, cluster }: Environment): void {
  register(tokens.RECORD_HUB, (get) => new RecordHub(get(tokens.STORE).startPosition));
  register(tokens.CURSORS, (get) => {
    const { logId, epochs, latest } = get(tokens.EVENT_LOG);
    const hub = get(tokens.RECORD_HUB);
    return createCursors({ logId, epochs, latest: () => hub.position, ...(cluster && { shared: latest }) });
  });
  register(tokens.LATEST_PARTIALS, (get) => {
    const { active: redaction } = get(tokens.TEXT_REDACTION);
    const redact = (callId: CallId, text: string): string => {
      const call = get(tokens.INGEST).current(callId);
      return redaction && call ? redaction.partial(call.providerId, text) : text;
    };
    const relay = cluster && get(tokens.NODE_RELAY).active?.partials;
    return new LatestPartials({
      ids,
      ...(redaction && { redact }),
      ...(relay && { onSet: (callId, partial) => relay.send(callId, partial) }),
    });
  });
  register(tokens.CALL_VIEWERS, () => new CallViewers(clock));
  register(tokens.DEMAND, () => new Demand());
  register(tokens.FEEDS, (get) =>
    createFeeds({
      hub: get(tokens.RECORD_HUB),
      log: get(tokens.EVENT_LOG),
      calls: get(tokens.SHOWN_CALLS),
      partials: get(tokens.LATEST_PARTIALS),
      levels: get(tokens.SHOWN_LEVELS),
      demand: get(tokens.SHOWN_DEMAND),
      clock,
    }),
  );
}
