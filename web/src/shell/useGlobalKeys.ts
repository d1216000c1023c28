import { useMantineColorScheme, useComputedColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { startLive, stopLive, useLiveState } from '../shared/api/live';
import { resolve, shift, zoomOut } from '../shared/time/range';
import { useRange, useZone } from '../shared/time/useTime';
import { copyText } from '../shared/ui/Copy';
import { onKeyDown, useKeys } from '../shared/ui/keys';
import { notice } from '../shared/ui/notify';
import { carried, useUrl } from '../shared/url';
import { screens } from './screens';

export function useGlobalKeys() {
  const navigate = useNavigate();
  const [state, change] = useUrl();
  const range = useRange();
  const zone = useZone();
  const live = useLiveState();
  const scheme = useComputedColorScheme();
  const { setColorScheme } = useMantineColorScheme();

  useEffect(() => {
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);

  useKeys(
    'Go to',
    screens.map((screen) => ({
      keys: `g ${screen.key}`,
      label: screen.label,
      run: () => void navigate({ to: screen.to as never, search: carried(state) as never }),
    })),
  );
  useKeys('Time range', [
    { keys: '[', label: 'Earlier', run: () => change(shift(range, -1, Date.now(), zone)) },
    { keys: ']', label: 'Later', run: () => change(shift(range, 1, Date.now(), zone)) },
    { keys: 'z', label: 'Zoom out', run: () => change(zoomOut(range, Date.now(), zone)) },
  ]);
  useKeys('Everywhere', [
    { keys: '/', label: 'Search on this screen', run: focusSearch },
    { keys: '.', label: 'Live updates on or off', run: () => (live === 'closed' ? startLive() : stopLive()) },
    { keys: 'y', label: 'Copy a link to this screen', run: () => copyLink(range, zone) },
    { keys: 'L', label: 'Dark or light', run: () => setColorScheme(scheme === 'dark' ? 'light' : 'dark') },
  ]);
}

function focusSearch() {
  document.querySelector<HTMLInputElement>('main input[type="search"], main [data-search]')?.focus();
}

/** A link for somebody else: absolute times and the zone, so that it shows the same rows tomorrow and elsewhere. */
function copyLink(range: { from: string; to: string }, zone: string) {
  const url = new URL(window.location.href);
  const { from, to } = resolve(range, Date.now(), zone);
  url.searchParams.set('from', String(from));
  url.searchParams.set('to', String(to));
  url.searchParams.set('tz', zone);
  url.searchParams.delete('live');
  void copyText(url.href).then((done) =>
    notice(done ? 'Link copied, with absolute times' : 'The browser does not allow copying here'),
  );
}
