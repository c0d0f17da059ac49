/** The location of the built page, for the daemon. The sources of the page are in `../page`. */

/** The folder of static files to serve. Created by `npm run build`. */
export const DASHBOARD_ROOT: URL = new URL('../dist/page/', import.meta.url);
