/** The logo and the name. */
export function Brand() {
  return (
    <span className="brand">
      <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
        <rect width="32" height="32" rx="8" className="brand-background" />
        <path d="M5 16h4l3-7 5 15 4-11 2 3h4" className="brand-line" />
      </svg>
      Sidetone
    </span>
  );
}
