/** Where the page is. A proxy may serve it below any path, which only the browser knows. */

/** Returns the path of the root of the page, from the URL of its entry script, which is in a folder at the root. */
export const rootOf = (scriptUrl: string): string => new URL('..', scriptUrl).pathname;

const script = globalThis.document?.querySelector<HTMLScriptElement>('script[type="module"][src]');

/** The path of the root of the page, with a slash at its end. */
export const ROOT = script ? rootOf(script.src) : '/';
