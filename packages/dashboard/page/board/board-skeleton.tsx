const SKELETON_ROWS = [1, 0.8, 0.9, 0.7, 0.85];

/** The placeholder until the first snapshot is received. */
export function BoardSkeleton() {
  return (
    <div className="board-skeleton" role="status" aria-label="Loading live calls">
      {SKELETON_ROWS.map((width) => (
        <div key={width} className="board-skeleton-row">
          <span style={{ width: `${width * 70}%` }} />
          <span style={{ width: `${width * 40}%` }} />
        </div>
      ))}
    </div>
  );
}
