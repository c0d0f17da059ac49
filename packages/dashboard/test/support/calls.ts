/** Live calls as the API returns them. */
import type { LiveCall } from '../../page/board/documents.ts';

export function callOf(id: string, change: Partial<LiveCall> = {}): LiveCall {
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
