import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFrameSplitter } from '../../src/media/frame-splitter.ts';

it('returns whole frames without losing bytes, wherever the messages are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 9 })), (pieces) => {
      const splitter = createFrameSplitter(4);
      const frames = pieces.map((piece) => splitter.push(piece));
      const all = pieces.flatMap((piece) => [...piece]);
      expect(frames.every(({ length }) => length % 4 === 0)).toBe(true);
      expect(frames.flatMap((frame) => [...frame])).toEqual(all.slice(0, all.length - (all.length % 4)));
    }),
  );
});
