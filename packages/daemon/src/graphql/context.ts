/** The context of every operation. It is the same for all transports. */
import type { Viewer } from '../access/viewer.ts';

export interface Context {
  readonly viewer: Viewer;
  /** The key by which connections and subscriptions are counted: the viewer at its network address. */
  readonly client: string;
}

/** Returns the name that is stored with commands, notes and transcription requests. */
export const requesterOf = ({ viewer }: Context): string => viewer.name;
