import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { get } from '../shared/api/client';
import type { AlertList } from '../shared/api/types';
import { isCurrent, screens } from './screens';

/** The number of firing alerts, also kept in the tab's title and icon. */
export function useFiringCount(): number {
  const { pathname } = useLocation();
  const counts = useQuery({
    queryKey: ['alerts', 'firing-count'],
    queryFn: ({ signal }) => get<AlertList>('/alerts', { status: 'ACTIVE', limit: 1 }, signal),
    refetchInterval: 60_000,
  });
  const firing = counts.data?.counts.ACTIVE ?? 0;
  const screen = screens.find((each) => isCurrent(each.to, pathname))?.label;
  useEffect(() => {
    document.title = `${firing > 0 ? `(${firing}) ` : ''}${screen ? `${screen} · ` : ''}Tocsin`;
  }, [firing, screen]);
  useEffect(() => drawIcon(firing), [firing]);
  return firing;
}

function drawIcon(firing: number) {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  if (firing === 0) {
    link.href = new URL('./favicon.svg', document.baseURI).href;
    return;
  }
  const text = firing > 9 ? '9+' : String(firing);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#b9221b"/>` +
    `<text x="16" y="23" font-family="sans-serif" font-size="20" font-weight="700" fill="#fff" text-anchor="middle">${text}</text></svg>`;
  link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
