import { describe, expect, test } from 'vitest';
import type { ReportedUtterance, Utterance, UtteranceId } from '@sidetone/core';
import { withReportedPositions } from '../../src/transcript/reported-positions.ts';
import { derive, event, typesOf } from '../call-factory.ts';

const said = (text: string, fields: Partial<Utterance> = {}, i = 0): Utterance => ({
  id: `utt_${i}` as UtteranceId,
  party: 'ASSISTANT',
  text,
  ...fields,
});
const reported = (text: string, startMs?: number, endMs?: number): ReportedUtterance => ({
  party: 'ASSISTANT',
  text,
  ...(startMs !== undefined && { startMs }),
  ...(endMs !== undefined && { endMs }),
});
const positions = (stored: Utterance[], report: ReportedUtterance[]) =>
  withReportedPositions(stored, report).map(({ text, startMs, endMs }) => [text, startMs, endMs]);

describe('a report', () => {
  test('adds the position of an utterance whose words it confirms', () => {
    expect(positions([said('hello there')], [reported('Hello there.', 500, 1500)])).toEqual([
      ['hello there', 500, 1500],
    ]);
  });

  test('adds only what is missing', () => {
    const report = [reported('Hello there.', 500, 1500)];
    expect(positions([said('hello there', { endMs: 1700 })], report)).toEqual([['hello there', 500, 1700]]);
    expect(positions([said('hello there', { startMs: 600 })], report)).toEqual([['hello there', 600, 1500]]);
    expect(positions([said('hello there', { startMs: 600, endMs: 1700 })], report)).toEqual([]);
  });

  test('corrects an end that is before the start', () => {
    expect(positions([said('hello there', { endMs: 100 })], [reported('Hello there.', 500, 1500)])).toEqual([
      ['hello there', 500, 1500],
    ]);
  });

  test('does not place an utterance whose words differ, or that has no words', () => {
    const report = [reported('Hello there.', 500, 1500)];
    expect(positions([said('good evening'), said('…')], report)).toEqual([]);
    expect(positions([said('hello there')], [reported('Hello there.')])).toEqual([]);
    expect(positions([said('hello there', { party: 'CUSTOMER' })], report)).toEqual([]);
  });

  test('estimates the position within a longer utterance', () => {
    const stored = [said('one two three', { endMs: 1000 }, 1), said('four five six', {}, 2)];
    expect(positions(stored, [reported('One two three four five six.', 0, 3000)])).toEqual([
      ['one two three', 0, 1000],
      ['four five six', 1500, 3000],
    ]);
  });

  test('places one utterance that it splits', () => {
    const report = [reported('One two.', 100, 900), reported('Three four.', 1000, 2000)];
    expect(positions([said('one two three four')], report)).toEqual([['one two three four', 100, 2000]]);
  });

  test('places equal utterances in their order', () => {
    const report = [reported('Yes.', 100, 200), reported('No.', 300, 400), reported('Yes.', 500, 600)];
    expect(positions([said('yes'), said('no', {}, 1), said('yes', {}, 2)], report)).toEqual([
      ['yes', 100, 200],
      ['no', 300, 400],
      ['yes', 500, 600],
    ]);
  });
});

test('a report revises stored utterances without positions, once', () => {
  const report = event('call.report', {
    utterances: [{ party: 'ASSISTANT', text: 'Hello there.', startMs: 500, endMs: 1500 }],
  });
  const { facts } = derive([
    event('utterance.final', { party: 'ASSISTANT', text: 'hello there' }, 2000),
    report,
    report,
  ]);
  expect(typesOf(facts).filter((type) => type.startsWith('UTTERANCE'))).toEqual([
    'UTTERANCE_FINALIZED',
    'UTTERANCE_REVISED',
  ]);
  expect(facts.find(({ type }) => type === 'UTTERANCE_REVISED')).toMatchObject({
    utterance: { id: 'utt_1', text: 'hello there', startMs: 500, endMs: 1500 },
  });
});
