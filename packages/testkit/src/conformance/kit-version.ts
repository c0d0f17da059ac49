/** The version of this package. A report card names it, because later versions may have more audits. */
export const KIT_VERSION = '0.1.0';
