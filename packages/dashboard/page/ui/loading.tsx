/** Shown while loading. It appears after a short delay, so that fast responses do not flicker. */
export function Loading({ label }: { readonly label: string }) {
  return (
    <p className="loading" role="status">
      {label}
    </p>
  );
}
