import { describe, expect, it } from 'vitest';
import { mergeBehaviour } from '../src/behaviour.ts';
import { VAPI_BEHAVIOUR } from '../src/vapi/behaviour.ts';
import { VOBIZ_BEHAVIOUR } from '../src/vobiz/behaviour.ts';

describe('mergeBehaviour', () => {
  it('changes the given options and keeps the others', () => {
    expect(mergeBehaviour(VOBIZ_BEHAVIOUR, { startShape: 'flat' })).toEqual({
      ...VOBIZ_BEHAVIOUR,
      startShape: 'flat',
    });
  });

  it.each([
    [{ ringing: 1 }, 'behaviour.ringing: unknown option'],
    [{ toString: 1 }, 'behaviour.toString: unknown option'],
    [{ ringMs: 'soon' }, 'behaviour.ringMs: expected a number'],
    [{ ringMs: -1 }, 'behaviour.ringMs: expected a number from 0 to 86400000'],
    [{ frameMs: 30 }, 'behaviour.frameMs: expected one of 20, 40, 60'],
    [{ dropAfterMessages: 3 }, 'behaviour.dropAfterMessages: expected a list of strings or numbers'],
    [{ closeCode: 42 }, 'behaviour.closeCode: expected a number from 1000 to 4999'],
    [{ startShape: 'round' }, 'behaviour.startShape: expected one of nested, flat, hybrid, rate-as-text'],
  ])('rejects %j with a message', (changes, message) => {
    expect(() => mergeBehaviour(VOBIZ_BEHAVIOUR, changes)).toThrow(message);
  });

  it('rejects the options of another provider', () => {
    expect(() => mergeBehaviour(VAPI_BEHAVIOUR, { sendStop: true })).toThrow('unknown option');
  });
});
