/** The actions on several calls at once. Pure. */
import type { EnumOf } from '../api/graphql.ts';

interface BulkTexts {
  /** The verb on buttons. */
  readonly verb: string;
  /** What happens, in the confirmation. */
  readonly text: string;
  /** The label of the field that the action needs. */
  readonly field?: string;
  /** What a call must be able to do. */
  readonly capability?: EnumOf<'Capability'>;
  readonly isDangerous?: true;
}

export const BULK_KINDS = {
  end: {
    verb: 'End',
    text: 'The customers are disconnected. This cannot be undone.',
    capability: 'END_CALL',
    isDangerous: true,
  },
  tag: { verb: 'Tag', text: 'The tag is added to each call.', field: 'Tag' },
  say: {
    verb: 'Announce in',
    text: 'The assistant of each call says this text to its customer.',
    field: 'Text to say',
    capability: 'SAY',
  },
} as const satisfies Record<string, BulkTexts>;

export type BulkKind = keyof typeof BULK_KINDS;
export const BULK_KIND_IDS = Object.keys(BULK_KINDS) as BulkKind[];

export const callsText = (count: number): string => `${count} ${count === 1 ? 'call' : 'calls'}`;
