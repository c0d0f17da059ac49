import { FaultError, isFault } from '@sidetone/core';
import { expect, test } from 'vitest';
import { fromWire, toWire, type WireFault } from '../../../src/cluster/messages/remote-fault.ts';

const cross = (error: unknown) => fromWire(JSON.parse(JSON.stringify(toWire(error))) as WireFault);

test('a fault keeps its code, message and details', () => {
  const fault = cross(new FaultError('CALL_NOT_LIVE', 'the call has ended', { details: { argument: 'x' } }));
  expect(isFault(fault)).toBe(true);
  expect(fault).toMatchObject({
    code: 'CALL_NOT_LIVE',
    kind: 'state',
    message: 'the call has ended',
    details: { argument: 'x' },
  });
});

test('an unknown code keeps its kind and its remedy, also on the way back', () => {
  const newer: WireFault = {
    code: 'NEWER_CODE',
    message: 'm',
    kind: 'capacity',
    retryable: true,
    remedy: 'Wait.',
    details: {},
  };
  expect(toWire(cross(fromWire(newer)))).toEqual(newer);
});

test('an unexpected error crosses without its text', () => {
  const fault = cross(new Error('secret of the other node'));
  expect(fault.code).toBe('INTERNAL');
  expect(JSON.stringify(toWire(fault))).not.toContain('secret');
});
