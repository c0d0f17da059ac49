import { describe, expect, it } from 'vitest';
import { dispatch, type HandlerTable } from '../src/index.ts';

type Shape =
  { readonly type: 'circle'; readonly radius: number } | { readonly type: 'line'; readonly length: number };

const SIZES: HandlerTable<Shape, [factor: number], number> = {
  circle: ({ radius }, factor) => 2 * radius * factor,
  line: ({ length }, factor) => length * factor,
};

describe('dispatch', () => {
  it('calls the handler for the type with the further arguments', () => {
    expect(dispatch(SIZES, { type: 'circle', radius: 2 }, 10)).toBe(40);
    expect(dispatch(SIZES, { type: 'line', length: 3 }, 10)).toBe(30);
  });

  it('does not compile without a handler for every type', () => {
    // @ts-expect-error `line` has no handler
    const incomplete: HandlerTable<Shape, [number], number> = { circle: () => 0 };
    expect(Object.keys(incomplete)).toEqual(['circle']);
  });
});
