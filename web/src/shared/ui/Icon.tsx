import type { SVGProps } from 'react';

/** Our own small set, drawn on a 24 unit grid with one stroke width. */
const shapes = {
  overview: 'M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z',
  bell: 'M6 10a6 6 0 0 1 12 0c0 4.500 1.500 6 2.500 7h-17C4.500 16 6 14.500 6 10zM10 20.500a2.200 2.200 0 0 0 4 0',
  crash:
    'M12 3l2.200 5.200L19.500 6l-2 5.300 4 2.700-4.700 1.500L17 21l-5-3.200L7 21l.2-5.500L2.500 14l4-2.700-2-5.300 5.300 2.200z',
  logs: 'M4 6h3M10 6h10M4 12h3M10 12h10M4 18h3M10 18h7',
  trace: 'M3 6h10M8 12h9M13 18h8',
  channel: 'M4 5h16v11H9l-5 4z',
  sliders: 'M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4',
  plus: 'M12 5v14M5 12h14',
  search: 'M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500L21 21',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2.500M12 19.500V22M4.900 4.900l1.800 1.800M17.300 17.300l1.800 1.800M2 12h2.500M19.500 12H22M4.900 19.100l1.800-1.800M17.300 6.700l1.800-1.800',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.500 2',
  collapse: 'M4 4h16v16H4zM9.500 4v16M16 9.500L13.500 12l2.500 2.500',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  link: 'M10 14a4 4 0 0 0 5.700 0l3.500-3.500a4 4 0 0 0-5.700-5.700L12.500 6M14 10a4 4 0 0 0-5.700 0l-3.500 3.500a4 4 0 0 0 5.700 5.700l1-1.200',
  down: 'M6 9.500l6 6 6-6',
  right: 'M9.500 6l6 6-6 6',
  left: 'M14.500 6l-6 6 6 6',
  mute: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM5.600 5.600l12.800 12.800',
  undo: 'M9 14l-5-5 5-5M4 9h10a6 6 0 0 1 0 12h-3',
  play: 'M7 4.500v15l12-7.500z',
  pause: 'M8 5v14M16 5v14',
  out: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  filterIn:
    'M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500L21 21M7.500 10.500h6M10.500 7.500v6',
  filterOut: 'M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.500 15.500L21 21M7.500 10.500h6',
  columns: 'M4 5h16v14H4zM9.500 5v14M14.500 5v14',
  bookmark: 'M6 4h12v16l-6-4.500L6 20z',
  disk: 'M4 6c0-1.700 3.600-3 8-3s8 1.300 8 3-3.600 3-8 3-8-1.300-8-3zM4 6v12c0 1.700 3.600 3 8 3s8-1.300 8-3V6M4 12c0 1.700 3.600 3 8 3s8-1.300 8-3',
  send: 'M21 3L10 14M21 3l-7 18-4-7-7-4z',
  keyboard: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7.500 14h9',
  warning: 'M12 4L2.500 20h19zM12 10v4.500M12 17.300v.01',
  refresh: 'M20 11a8 8 0 0 0-14.500-3.500L4 9M4 4v5h5M4 13a8 8 0 0 0 14.500 3.500L20 15M20 20v-5h-5',
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 16, ...rest }: { name: IconName; size?: number } & SVGProps<SVGSVGElement>) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ flex: 'none' }}
      {...rest}
    >
      <path d={shapes[name]} />
    </svg>
  );
}
