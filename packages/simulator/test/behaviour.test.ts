import { describe, expect, it } from 'vitest';
import { mergeBehaviour } from '../src/behaviour.ts';
import { VAPI_BEHAVIOUR } from '../src/vapi/behaviour.ts';
import { VOBIZ_BEHAVIOUR } from '../src/vobiz/behaviour.ts';

describe('dials', () => {
  it('replace what a cloud does of its own accord, and leave the rest', () => {
    expect(mergeBehaviour(VOBIZ_BEHAVIOUR, { startShape: 'flat' })).toEqual({
      ...VOBIZ_BEHAVIOUR,
      startShape: 'flat',
    });
  });

  it.each([
    [{ ringing: 1 }, 'behaviour.ringing does not exist'],
    [{ toString: 1 }, 'behaviour.toString does not exist'],
    [{ ringMs: 'soon' }, 'behaviour.ringMs must be a number'],
    [{ ringMs: -1 }, 'behaviour.ringMs must be from 0 to a day'],
    [{ frameMs: 30 }, 'behaviour.frameMs must be one of 20, 40, 60'],
    [{ dropAfterMessages: 3 }, 'behaviour.dropAfterMessages must be a list of strings or numbers'],
    [{ closeCode: 42 }, 'behaviour.closeCode must be from 1000 to 4999'],
    [{ startShape: 'round' }, 'behaviour.startShape must be one of nested, flat, hybrid, rate-as-text'],
  ])('%j is refused with a sentence', (dials, message) => {
    expect(() => mergeBehaviour(VOBIZ_BEHAVIOUR, dials)).toThrow(message);
  });

  it('of one provider are not those of the other', () => {
    expect(() => mergeBehaviour(VAPI_BEHAVIOUR, { sendStop: true })).toThrow('does not exist');
  });
});
