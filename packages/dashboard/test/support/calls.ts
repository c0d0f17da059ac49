/** Calls as the board is told of them. */
import type { CallOnBoard } from '../../page/board/documents.ts';

export function callOf(id: string, change: Partial<CallOnBoard> = {}): CallOnBoard {
  return {
    id,
    status: 'IN_PROGRESS',
    isLive: true,
    direction: 'INBOUND',
    from: '+15005550001',
    to: '+15005550009',
    createdAt: '2026-01-05T09:00:00.000Z',
    answeredAt: '2026-01-05T09:00:01.000Z',
    tags: [],
    provider: { id: 'vapi', displayName: 'Vapi' },
    assistant: null,
    end: null,
    utterances: { nodes: [] },
    ...change,
  };
}
