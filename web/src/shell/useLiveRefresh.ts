import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { useHappenings, type Happening } from '../shared/api/live';

/** Which cached answers a happening makes stale. Query keys start with these words. */
const touched: Record<Happening['topic'], string[]> = {
  alerts: ['alerts', 'alert', 'overview'],
  crashes: ['crashes', 'crash', 'overview'],
};
const gatherMs = 300;

/** Re-reads what is on screen when the server says that it changed; a burst of changes costs one reading. */
export function useLiveRefresh() {
  const queries = useQueryClient();
  const waiting = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const onHappening = useCallback(
    (happening: Happening) => {
      touched[happening.topic]?.forEach((key) => waiting.current.add(key));
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        const keys = [...waiting.current];
        waiting.current.clear();
        for (const key of keys) void queries.invalidateQueries({ queryKey: [key] });
      }, gatherMs);
    },
    [queries],
  );

  useHappenings(onHappening);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}
