/** Icons: strokes on a 24 px grid in the text colour, hidden from screen readers. */
const PATHS = {
  auto: 'M12 3a9 9 0 1 0 0 18V3Z M12 3a9 9 0 0 1 0 18',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
  lock: 'M6 11h12v9H6Z M8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  user: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z M4.5 20a7.5 7.5 0 0 1 15 0',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z M15.5 15.5 21 21',
  phone: 'M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3Z',
  headphones:
    'M4 15v-3a8 8 0 0 1 16 0v3 M4 15a2 2 0 0 1 2-2h1v7H6a2 2 0 0 1-2-2Z M20 15a2 2 0 0 0-2-2h-1v7h1a2 2 0 0 0 2-2Z',
  volume: 'M4 9.5v5h3.5L12 19V5L7.5 9.5Z M15.5 9a4.5 4.5 0 0 1 0 6 M18 6.5a8 8 0 0 1 0 11',
  'volume-off': 'M4 9.5v5h3.5L12 19V5L7.5 9.5Z M16 9.5l5 5M21 9.5l-5 5',
  warning: 'M12 3.5 22 20.5H2Z M12 10v5M12 17.6v.4',
  check: 'M4.5 12.5 10 18 20 6.5',
  back: 'M14.5 5 7.5 12l7 7',
  play: 'M7 4.5v15l12-7.5Z',
  pause: 'M8 5v14M16 5v14',
  close: 'M6 6l12 12M18 6 6 18',
  eye: 'M2.5 12C5 7.5 8.5 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-6 6.5-9.5 6.5S5 16.5 2.5 12Z M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z',
  tag: 'M4 4h8l8 8-8 8-8-8Z M8.5 8.5h.01',
  'hang-up': 'M3 14.5c5-5 13-5 18 0l-2.5 3-4-1.5v-2.6a12 12 0 0 0-5 0V16l-4 1.5Z',
  keyboard: 'M3 6h18v12H3Z M7 10h.01M11 10h.01M15 10h.01M17 14h.01M7 14h7',
  download: 'M12 4v11M7 11l5 5 5-5M4.5 20h15',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
