import { FAKE_EPOCH } from '@sidetone/testkit';
import type { ProviderEvent } from '@sidetone/core';
import { expect, test } from 'vitest';
import { findTimeProblem, MAX_FUTURE_MS } from '../../../src/plugins/provider/event-times.ts';
import { event } from '../../support/harness.ts';

const HOUR_MS = 60 * 60_000;
const at = (time: number): ProviderEvent => event('dtmf', { digits: '1' }, { at: time });
const detailed = (details: object): ProviderEvent => event('call.started', { details }, { at: FAKE_EPOCH });

test.each<[string, ProviderEvent, string | undefined]>([
  ['now', at(FAKE_EPOCH), undefined],
  ['the clock of the provider is ahead', at(FAKE_EPOCH + MAX_FUTURE_MS), undefined],
  ['long ago', at(Date.UTC(2019, 0, 1)), undefined],
  [
    'seconds',
    at(FAKE_EPOCH / 1000),
    'dtmf.occurredAt: expected a time in epoch ms, received one before 2000',
  ],
  [
    'another time zone',
    at(FAKE_EPOCH + 5.5 * HOUR_MS),
    'dtmf.occurredAt: is about 5.5 h in the future: the time zone or a clock is wrong',
  ],
  [
    'microseconds',
    at(FAKE_EPOCH * 1000),
    'dtmf.occurredAt: is more than a day in the future: the time zone or a clock is wrong',
  ],
  ['no details', event('call.started', {}, { at: FAKE_EPOCH }), undefined],
  ['a valid detail', detailed({ createdAt: FAKE_EPOCH }), undefined],
  [
    'a detail in seconds',
    detailed({ createdAt: FAKE_EPOCH, answeredAt: FAKE_EPOCH / 1000 }),
    'call.started.details.answeredAt: expected a time in epoch ms, received one before 2000',
  ],
  ['a detail of another type', detailed({ createdAt: 'soon' }), undefined],
])('%s', (_name, given, problem) => {
  expect(findTimeProblem(given, FAKE_EPOCH)).toBe(problem);
});
