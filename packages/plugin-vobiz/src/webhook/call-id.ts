/** The grammar of Vobiz's call ids, which are UUIDs; wider, in case that changes, but safe as a part of a URL or key. */
export const CALL_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
