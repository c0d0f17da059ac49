/** The document's title, by which tabs and screen readers tell pages apart. */
import { useEffect } from 'react';

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Sidetone`;
  }, [title]);
}
