import type { IconName } from '../shared/ui/Icon';

export interface Screen {
  to: string;
  label: string;
  icon: IconName;
  key: string;
  group: 'Watch' | 'Explore' | 'Configure';
}

/** What the rail, the palette and the `g` keys lead to. */
export const screens: Screen[] = [
  { to: '/', label: 'Overview', icon: 'overview', key: 'o', group: 'Watch' },
  { to: '/alerts', label: 'Alerts', icon: 'bell', key: 'a', group: 'Watch' },
  { to: '/crashes', label: 'Crashes', icon: 'crash', key: 'c', group: 'Watch' },
  { to: '/logs', label: 'Logs', icon: 'logs', key: 'l', group: 'Explore' },
  { to: '/traces', label: 'Traces', icon: 'trace', key: 't', group: 'Explore' },
  { to: '/channels', label: 'Channels', icon: 'channel', key: 'n', group: 'Configure' },
  { to: '/levels', label: 'Log levels', icon: 'sliders', key: 'e', group: 'Configure' },
  { to: '/data', label: 'Data', icon: 'disk', key: 'd', group: 'Configure' },
  { to: '/add-data', label: 'Add data', icon: 'plus', key: '+', group: 'Configure' },
];

export const groups = ['Watch', 'Explore', 'Configure'] as const;

/** Whether the screen is the one shown, or holds it. */
export function isCurrent(to: string, pathname: string): boolean {
  return to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`);
}
