/** What the user can do with rows of the board. */
import type { BulkKind } from '../selection/bulk-kinds.ts';

export interface BoardActions {
  readonly canListen: boolean;
  readonly canControl: boolean;
  readonly listen: (callId: string) => void;
  /** Asks for the details of an action, and for a confirmation. */
  readonly open: (kind: BulkKind, callIds: readonly string[]) => void;
  /** Selects a call, or all from the last selected one to it. */
  readonly select: (callId: string, isRange: boolean) => void;
}
