/** Texts of the providers page. Pure. */
import type { RecentRequest } from './documents.ts';

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What was answered, or how a socket ended. */
export function resultText({
  kind,
  status,
  closeCode,
}: Pick<RecentRequest, 'kind' | 'status' | 'closeCode'>): string {
  if (kind === 'SOCKET') return closeCode === null ? 'open' : `closed with ${closeCode}`;
  return status === null ? 'no response' : String(status);
}

/** Failed requests first, each in the order of the API, newest first. */
export function failedOf(requests: readonly RecentRequest[]): readonly RecentRequest[] {
  return requests.filter(({ code }) => code !== null);
}
