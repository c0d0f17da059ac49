/** Who asks, as it is kept with commands and notes. */
import type { Context } from '../builder.ts';

export const requesterOf = ({ viewer }: Context): string => viewer.name;
