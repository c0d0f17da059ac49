import { useEffect } from 'react';

let title = '';
let count = 0;

function apply(): void {
  document.title = `${count > 0 ? `(${count}) ` : ''}${title} · Sidetone`;
}

/** Sets the title of the document. */
export function useTitle(text: string): void {
  useEffect(() => {
    title = text;
    apply();
  }, [text]);
}

/** Sets the number in front of the title, on all pages: calls that need attention. 0 for none. */
export function setTitleCount(number: number): void {
  if (number === count) return;
  count = number;
  if (title !== '') apply();
}
