import { createFakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  MAX_NOTICES,
  NOTICE_LIFETIME_MS,
  SetupNotices,
  webhookNotices,
} from '../../../src/plugins/provider/provider-notices.ts';
import {
  MAX_REJECTED_WEBHOOKS,
  ProviderTraffic,
  REJECTED_LIFETIME_MS,
  REJECTED_WINDOW_MS,
  SILENCE_MS,
} from '../../../src/plugins/provider/provider-traffic.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';

const URLS = [{ setting: 'server URL', url: 'https://calls.example.com/providers/vapi/webhook' }];
const REASON = 'x-secret: missing or not the configured secret';

let clock: ReturnType<typeof createFakeClock>;
let traffic: ProviderTraffic;
let lines: LogLine[];

beforeEach(() => {
  clock = createFakeClock();
  const testLog = createTestLog();
  lines = testLog.lines;
  traffic = new ProviderTraffic({ clock, log: testLog.log('') });
});

const reject = (times = 1): void => {
  for (let i = 0; i < times; i++) traffic.webhookRejected('WEBHOOK_UNAUTHENTICATED', REASON);
};
const codes = (): readonly string[] => webhookNotices(traffic, URLS).map(({ code }) => code);

describe('rejected webhooks', () => {
  test('are a problem if none was accepted meanwhile, with the reason and the remedy', () => {
    reject(MAX_REJECTED_WEBHOOKS);
    expect(traffic.problem).toMatch(
      /^all 3 webhooks since \S+Z were rejected, last reason: x-secret: .*secret\. Use the same webhook secret/,
    );
    expect(codes()).toEqual([]);
  });

  test('say when the problem appeared, and when it was over', async () => {
    expect(traffic.problemChangedAt).toBe(0);
    await clock.advance(1000);
    reject(MAX_REJECTED_WEBHOOKS);
    const since = clock.now();
    await clock.advance(1000);
    expect(traffic.problemChangedAt).toBe(since);
    traffic.webhookAccepted();
    expect(traffic.problemChangedAt).toBe(since + 1000);
    reject(MAX_REJECTED_WEBHOOKS);
    await clock.advance(REJECTED_LIFETIME_MS + 5);
    expect([traffic.problem, traffic.problemChangedAt]).toEqual([
      undefined,
      since + 1000 + REJECTED_LIFETIME_MS,
    ]);
  });

  test('are logged once until one is accepted, with their number', () => {
    reject(50);
    traffic.webhookAccepted();
    expect(lines).toMatchObject([
      {
        message: 'all webhooks rejected',
        fields: { code: 'WEBHOOK_UNAUTHENTICATED', rejected: MAX_REJECTED_WEBHOOKS, reason: REASON },
      },
      { message: 'webhooks accepted again', fields: { rejected: 50 } },
    ]);
    expect([traffic.problem, traffic.rejectedWebhooks]).toEqual([undefined, 50]);
  });

  test('are a notice, not a problem, while others are accepted', () => {
    for (let i = 0; i < 10; i++) {
      reject(MAX_REJECTED_WEBHOOKS - 1);
      traffic.webhookAccepted();
    }
    expect(traffic.problem).toBeUndefined();
    expect(webhookNotices(traffic, URLS)).toMatchObject([
      { code: 'WEBHOOK_UNAUTHENTICATED', count: 10 * (MAX_REJECTED_WEBHOOKS - 1), lastAt: clock.now() },
    ]);
  });

  test('are no problem if they are rare', async () => {
    for (let i = 0; i < 10; i++) {
      reject();
      await clock.advance(REJECTED_WINDOW_MS);
    }
    expect(traffic.problem).toBeUndefined();
    expect(codes()).toEqual(['WEBHOOK_UNAUTHENTICATED']);
  });

  test('are forgotten an hour after the last one, whatever the wall clock says', async () => {
    reject(MAX_REJECTED_WEBHOOKS);
    clock.stepWallClock(10 * REJECTED_LIFETIME_MS);
    expect(traffic.problem).toBeDefined();
    await clock.advance(REJECTED_LIFETIME_MS);
    expect([traffic.problem, codes()]).toEqual([undefined, []]);
  });

  test('of a wrong path have the remedy of a wrong path', () => {
    for (let i = 0; i < 3; i++) traffic.webhookRejected('WEBHOOK_PATH_UNKNOWN', 'status 404');
    expect(traffic.problem).toContain('Enter the URLs of `Provider.webhookUrls`');
  });
});

describe('silence', () => {
  test('is a notice with the URLs to enter, and one line in the log', async () => {
    traffic.expectWebhooks(() => URLS.map(({ url }) => url));
    expect(codes()).toEqual([]);
    await clock.advance(SILENCE_MS);
    expect(webhookNotices(traffic, URLS)).toEqual([
      {
        code: 'WEBHOOKS_NOT_RECEIVED',
        message: `no webhook was received since the start. Enter at the provider: ${URLS[0]!.url} (server URL).`,
        count: 1,
        lastAt: undefined,
      },
    ]);
    expect(lines).toMatchObject([
      { message: 'no webhook received since the start', fields: { urls: [URLS[0]!.url] } },
    ]);
    traffic.webhookAccepted();
    expect(codes()).toEqual([]);
  });

  test('is not reported if a webhook arrived, rejected or not, or if the plugin has no webhooks', async () => {
    traffic.expectWebhooks(() => []);
    reject();
    await clock.advance(SILENCE_MS);
    expect([codes(), lines]).toEqual([['WEBHOOK_UNAUTHENTICATED'], []]);
    const other = new ProviderTraffic({ clock, log: createTestLog().log('') });
    await clock.advance(SILENCE_MS);
    expect(webhookNotices(other, [])).toEqual([]);
  });

  test('leaves no timer', () => {
    traffic.expectWebhooks(() => []);
    traffic.close();
    expect(clock.pending).toBe(0);
  });
});

describe('notices of a plugin', () => {
  test('are counted by code and kept for an hour', async () => {
    const notices = new SetupNotices(clock);
    notices.add('A', 'first');
    notices.add('A', 'second');
    notices.add('B', 'other');
    expect(notices.list()).toMatchObject([
      { code: 'A', message: 'second', count: 2, lastAt: clock.now() },
      { code: 'B', count: 1 },
    ]);
    await clock.advance(NOTICE_LIFETIME_MS - 1);
    notices.add('B', 'other');
    await clock.advance(1);
    expect(notices.list().map(({ code }) => code)).toEqual(['B']);
  });

  test('have a bound', () => {
    const notices = new SetupNotices(clock);
    for (let i = 0; i < 10 * MAX_NOTICES; i++) notices.add(`CODE_${i}`, 'x');
    expect(notices.list().length).toBe(MAX_NOTICES);
  });
});
