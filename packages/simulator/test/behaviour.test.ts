import { describe, expect, it } from 'vitest';
import { VOBIZ_BEHAVIOUR, withDials } from '../src/behaviour.ts';
import { VAPI_BEHAVIOUR } from '../src/vapi/behaviour.ts';

describe('dials', () => {
  it('replace what a cloud does of its own accord, and leave the rest', () => {
    expect(withDials(VOBIZ_BEHAVIOUR, { startShape: 'flat' })).toEqual({
      ...VOBIZ_BEHAVIOUR,
      startShape: 'flat',
    });
  });

  it.each([
    [{ ringing: 1 }, 'behaviour.ringing does not exist'],
    [{ toString: 1 }, 'behaviour.toString does not exist'],
    [{ ringMs: 'soon' }, 'behaviour.ringMs must be a number'],
    [{ ringMs: -1 }, 'behaviour.ringMs must be from 0 to a day'],
    [{ startShape: 'round' }, 'behaviour.startShape must be one of nested, flat'],
  ])('%j is refused with a sentence', (dials, message) => {
    expect(() => withDials(VOBIZ_BEHAVIOUR, dials)).toThrow(message);
  });

  it('of one provider are not those of the other', () => {
    expect(() => withDials(VAPI_BEHAVIOUR, { sendStop: true })).toThrow('does not exist');
  });
});
