import { useEffect, useSyncExternalStore } from 'react';
import { openStream, type StreamState } from './events';

/** The one live connection of the tab: what happened to alerts and crashes, as it happens. */
export interface Happening {
  topic: 'alerts' | 'crashes';
  kind?: string;
  id?: number;
}

const topics = ['alerts', 'crashes'];
const listeners = new Set<(happening: Happening) => void>();
const watchers = new Set<() => void>();
let state: StreamState = 'closed';
let close: (() => void) | undefined;

function setState(next: StreamState) {
  state = next;
  watchers.forEach((watcher) => watcher());
}

export function startLive() {
  if (close) return;
  let dropped = false;
  close = openStream(
    '/live',
    { topics: topics.join(',') },
    {
      names: topics,
      onEvent: (topic, data) => tell({ ...(data as object), topic: topic as Happening['topic'] }),
      onState: (next) => {
        setState(next);
        // Whatever happened while the line was down was missed: everything has to be read again.
        if (next === 'open' && dropped) topics.forEach((topic) => tell({ topic: topic as Happening['topic'] }));
        dropped = next === 'reconnecting' || (dropped && next !== 'open');
      },
    },
  );
}

export function stopLive() {
  close?.();
  close = undefined;
}

function tell(happening: Happening) {
  listeners.forEach((listener) => listener(happening));
}

export function useLiveState(): StreamState {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => state,
  );
}

export function useHappenings(listener: (happening: Happening) => void) {
  useEffect(() => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, [listener]);
}
