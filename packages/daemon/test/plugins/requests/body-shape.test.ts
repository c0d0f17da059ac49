import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_DESCRIBED_BYTES,
  MAX_SHAPE_DEPTH,
  MAX_SHAPE_FIELDS,
  MAX_SHAPE_VALUES,
  messageTypeOf,
  shapeOf,
  type Shape,
} from '../../../src/plugins/requests/body-shape.ts';

const shapeOfJson = (value: unknown): Shape | undefined =>
  shapeOf(Buffer.from(JSON.stringify(value)), 'application/json');

describe('the shape of a body', () => {
  test('has names, types and lengths, and the values of types and states', () => {
    expect(
      shapeOfJson({
        message: {
          type: 'end-of-call-report',
          endedReason: 'customer-ended-call',
          transcript: 'My card is 4111 1111 1111 1111',
          call: { id: 'c-12345', customer: { number: '+14155550123' }, cost: 1.5 },
          artifacts: [{ role: 'user', message: 'hello' }, {}, {}],
          isLast: true,
          nothing: null,
        },
      }),
    ).toEqual({
      message: {
        type: 'end-of-call-report',
        endedReason: 'customer-ended-call',
        transcript: 'string(30)',
        call: { id: 'string(7)', customer: { number: 'string(12)' }, cost: 'number' },
        artifacts: [{ role: 'user', message: 'string(5)' }, 'and 2 more'],
        isLast: 'boolean',
        nothing: 'null',
      },
    });
  });

  test('of a form has its fields', () => {
    const form = Buffer.from('Event=StartApp&From=%2B14155550123&CallStatus=ringing');
    expect(shapeOf(form, 'application/x-www-form-urlencoded; charset=utf-8')).toEqual({
      Event: 'StartApp',
      From: 'string(12)',
      CallStatus: 'ringing',
    });
  });

  test.each([
    ['a number', { type: '+14155550123' }, { type: 'string(12)' }],
    ['a sentence', { status: 'call me at noon' }, { status: 'string(15)' }],
    ['digits within a word', { role: 'user4155550123' }, { role: 'string(14)' }],
    ['a number as a name', { '+14155550123': 1, x4155550123: 2 }, { '…': 'number' }],
    ['a sentence as a name', { 'my name is Ada': 1 }, { '…': 'number' }],
  ])('hides %s', (_what, value, shape) => {
    expect(shapeOfJson(value)).toEqual(shape);
  });

  test('contains no text of the body except names of fields and words of the listed fields', () => {
    const marker = 'SECRET';
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), (value, text) => {
        const marked = {
          any: value,
          other: `${text} ${marker}`,
          type: `${marker} ${text}`,
          list: [[`${marker}1`]],
        };
        expect(JSON.stringify(shapeOfJson(marked))).not.toContain(marker);
      }),
    );
  });

  test('is limited in depth, fields and values', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 50; level++) deep = { next: deep };
    expect(JSON.stringify(shapeOfJson(deep)).split('next').length - 1).toBe(MAX_SHAPE_DEPTH);
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`field${i % 100}x${i >> 7}`, i]));
    expect(Object.keys(shapeOfJson(wide) as object)).toHaveLength(MAX_SHAPE_FIELDS + 1);
    const level = (inner: unknown): unknown =>
      Object.fromEntries('abcdefghijkl'.split('').map((name) => [name, inner]));
    expect(
      JSON.stringify(shapeOfJson(level(level(level(1))))).split('"number"').length - 1,
    ).toBeLessThanOrEqual(MAX_SHAPE_VALUES);
  });

  test.each([
    ['empty', ''],
    ['neither JSON nor a form', '<xml/>'],
    ['too large', JSON.stringify('x'.repeat(MAX_DESCRIBED_BYTES))],
  ])('is missing if the body is %s', (_case, body) => {
    expect(shapeOf(Buffer.from(body), 'application/json')).toBeUndefined();
  });
});

test.each([
  ['of Vapi', { message: { type: 'status-update', status: 'ended' } }, 'status-update'],
  ['of Vobiz', { Event: 'Hangup' }, 'Hangup'],
  ['that is hidden', { message: { type: 'a sentence' } }, undefined],
  ['that is missing', { a: [1] }, undefined],
])('the type of a message %s is found', (_case, value, type) => {
  expect(messageTypeOf(shapeOfJson(value))).toBe(type);
});
