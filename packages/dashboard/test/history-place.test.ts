import { expect, test } from 'vitest';
import { forgetPlace, leavePlace, placeOf } from '../page/history/place.ts';

const entryOf = (state: unknown = null) => ({
  state,
  replaceState(next: unknown) {
    this.state = next;
  },
});
const PLACE = { search: 'said=hello', top: 3000, callId: 'call_1', loaded: 60 };

test('the place is found by its search, in memory and in the history entry', () => {
  const entry = entryOf({ other: 1 });
  leavePlace(PLACE, entry);
  expect(placeOf('said=hello', entryOf())).toEqual(PLACE);
  expect(placeOf('', entryOf())).toBeUndefined();
  forgetPlace();
  expect(placeOf('said=hello', entryOf())).toBeUndefined();
  // As after a reload.
  expect(placeOf('said=hello', entry)).toEqual(PLACE);
  expect(entry.state).toMatchObject({ other: 1 });
});
