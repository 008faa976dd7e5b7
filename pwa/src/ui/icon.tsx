/** One set of line icons, drawn in place so that no request and no font is needed. */
const PATHS = {
  bell: 'M6 17v-6a6 6 0 0 1 12 0v6l1.5 2h-15zM10 21.5h4',
  home: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z',
  upload: 'M12 20V5m0 0-6 6m6-6 6 6',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-8 9c1-5.3 15-5.3 16 0',
  back: 'M19 12H5m0 0 6-6m-6 6 6 6',
  next: 'm9 5 7 7-7 7',
  previous: 'm15 5-7 7 7 7',
  close: 'M6 6l12 12M18 6 6 18',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm5-2 4.5 4.5',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  alert: 'M12 3.5 22 20H2zm0 6V14m0 2.8v.2',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zm0-10v5m0-8.2V8',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zm0-14v5.5l3.5 2',
  camera: 'M4 8h3.5L9 5.5h6L16.5 8H20v11H4zm8 8a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z',
  offline: 'M3 3l18 18M5 12.5a10 10 0 0 1 4-2.4m6 0a10 10 0 0 1 4 2.4M8.5 16a5 5 0 0 1 7 0M12 19.5v.1',
  refresh: 'M20 12a8 8 0 1 1-2.5-5.8M20 3v4.5h-4.5',
  edit: 'M4 20l1-4L16.5 4.5l3 3L8 19z',
  eye: 'M2 12c4-7.5 16-7.5 20 0-4 7.5-16 7.5-20 0zm10 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  eyeOff:
    'M4 4l16 16M9 6.8c5-1.6 10.6.8 13 5.2a12 12 0 0 1-3 3.6M14.5 17.5C9.5 18.8 4.5 16.5 2 12a12 12 0 0 1 3.5-4',
  lamp: 'M8 3h8l3.5 9h-15zM12 12v6m-4 3h8',
  pin: 'M12 21c4.5-5 7-8 7-11a7 7 0 1 0-14 0c0 3 2.5 6 7 11zm0-8.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  users:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.8-5 12.2-5 13 0M16 5a3.3 3.3 0 0 1 0 6.3M17.5 15c2.3.5 3.7 2 4 5',
  list: 'M8 6h12M8 12h12M8 18h12M4 6v.1M4 12v.1M4 18v.1',
  chart: 'M4 20V10m5.3 10V4m5.4 16v-7M20 20V8',
  lock: 'M6 11h12v9H6zm2.5 0V8a3.5 3.5 0 0 1 7 0v3',
  erase: 'M21 5H9l-6 7 6 7h12zM12 9.5l5 5m0-5-5 5',
  logout: 'M14 4H5v16h9m-4-8h11m0 0-4-4m4 4-4 4',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  download: 'M12 4v13m0 0-6-6m6 6 6-6M4 20.5h16',
  phone:
    'M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM11 18.5h2',
  sound: 'M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm0-14v2.5m0 15V22M2 12h2.5m15 0H22M5 5l1.7 1.7m10.6 10.6L19 19M19 5l-1.7 1.7M6.7 17.3 5 19',
} as const;

export type IconName = keyof typeof PATHS;

/** A decorative icon; the words beside it carry the meaning. */
export function Icon({ name, size = 24 }: { name: IconName; size?: number | undefined }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
