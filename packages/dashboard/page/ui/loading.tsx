/** While something is on its way. It shows only after a moment, so that what is quick does not flicker. */
export function Loading({ label }: { readonly label: string }) {
  return (
    <p className="loading" role="status">
      {label}
    </p>
  );
}
