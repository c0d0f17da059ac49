import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFrameJoiner } from '../../src/media/frame-joiner.ts';

it('whatever way bytes are cut, whole frames come out and nothing is lost or changed', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 9 })), (pieces) => {
      const joiner = createFrameJoiner(4);
      const frames = pieces.map((piece) => joiner.push(piece));
      const all = pieces.flatMap((piece) => [...piece]);
      expect(frames.every(({ length }) => length % 4 === 0)).toBe(true);
      expect(frames.flatMap((frame) => [...frame])).toEqual(all.slice(0, all.length - (all.length % 4)));
    }),
  );
});
