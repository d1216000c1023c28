import { useEffect, useRef } from 'react';
import type { Alert } from '../../shared/api/types';
import { useKeys, type KeyAction } from '../../shared/ui/keys';
import { useUrl } from '../../shared/url';

const press = (deed: string) => () => document.querySelector<HTMLButtonElement>(`[data-deed="${deed}"]`)?.click();

// A key does what the button of the open alert does, so that it never offers what the alert's state forbids.
export const deedKeys: KeyAction[] = [
  { keys: 'a', label: 'Acknowledge', run: press('acknowledge') },
  { keys: 'A', label: 'Take back the acknowledgement', run: press('unacknowledge') },
  { keys: 'r', label: 'Resolve…', run: press('resolve') },
  { keys: 's', label: 'Suppress…', run: press('suppress') },
];

export function useAlertKeys(items: Alert[]) {
  const [url, change] = useUrl();
  const index = items.findIndex((alert) => String(alert.id) === url.sel);
  // An alert that was dealt with leaves the list; the next one then stands where it stood.
  const place = useRef(0);
  useEffect(() => {
    if (index >= 0) place.current = index;
    else if (url.sel === undefined) place.current = 0;
  }, [index, url.sel]);

  const move = (step: 1 | -1) => {
    const target = index >= 0 ? index + step : step > 0 ? place.current : place.current - 1;
    const next = items[Math.min(Math.max(target, 0), items.length - 1)];
    if (!next) return;
    change({ sel: String(next.id) }, true);
    document.getElementById(`alert-${next.id}`)?.scrollIntoView({ block: 'nearest' });
  };
  useKeys('Alerts', [
    { keys: 'j', label: 'Next alert', run: () => move(1) },
    { keys: 'k', label: 'Previous alert', run: () => move(-1) },
    ...deedKeys,
    { keys: 'Escape', label: 'Close the alert', run: () => change({ sel: undefined }) },
  ]);
}
