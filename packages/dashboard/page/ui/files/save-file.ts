/** Saves texts and files of the daemon as downloads. */

/** Some browsers read the object URL only after the click. */
const REVOKE_AFTER_MS = 30_000;

export function saveText(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  saveFrom(url, name);
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}

/** @param url an object URL or a URL of the daemon. */
export function saveFrom(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
