import { useState } from 'react';

/**
 * Keeps a live list from moving under the reader: while `hold` is true, rows that are new wait outside and are only
 * counted; rows already shown are renewed in place. `what` names the list, a change of it starts afresh.
 */
export function useSteadyList<T>(items: T[], keyOf: (item: T) => string | number, hold: boolean, what: string) {
  const [shown, setShown] = useState<{ what: string; keys: (string | number)[] }>({ what, keys: items.map(keyOf) });
  const keys = items.map(keyOf);
  const same =
    shown.what === what && shown.keys.length === keys.length && shown.keys.every((key, i) => key === keys[i]);
  const held = hold && shown.what === what && shown.keys.length > 0;
  if (!same && !held) setShown({ what, keys });
  if (!held) return { items, waiting: 0, release: () => undefined };

  const known = new Set(shown.keys);
  const last = items.findLastIndex((item) => known.has(keyOf(item)));
  // What comes after the last known row is more of the list (scrolled in), not news.
  const steady = items.filter((item, i) => known.has(keyOf(item)) || i > last);
  return { items: steady, waiting: items.length - steady.length, release: () => setShown({ what, keys }) };
}
