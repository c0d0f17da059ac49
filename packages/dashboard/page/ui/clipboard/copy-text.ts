/** Copies a text to the clipboard. Resolves to whether it was copied. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Absent on pages that are served over plain HTTP.
    if (navigator.clipboard as Clipboard | undefined) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Not permitted: try the other way.
  }
  return copySelection(text);
}

/** Copies through a selection, which is also possible without HTTPS. */
function copySelection(text: string): boolean {
  const focused = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  // In a dialog, elements outside of it cannot be selected.
  (focused?.closest('dialog') ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
