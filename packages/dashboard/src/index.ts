/** Where the built page is: a folder of static files. What they do is in `../page`. */

/** The folder to serve. It is there after `npm run build`. */
export const DASHBOARD_ROOT: URL = new URL('../dist/page/', import.meta.url);
