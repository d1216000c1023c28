import { useEffect, useReducer, useRef, useState } from 'react';
import { openStream, type StreamState } from '../../shared/api/events';
import type { LogEntry } from '../../shared/api/types';
import { emptyTail, tailReducer } from './tail';

const gatherMs = 150;

/** Live rows of a query. `hold` keeps the shown rows still while somebody reads them. */
export function useTail(q: string, on: boolean, hold: boolean) {
  const [tail, dispatch] = useReducer(tailReducer, emptyTail);
  const [state, setState] = useState<StreamState>('closed');
  const held = useRef(hold);
  useEffect(() => {
    held.current = hold;
  }, [hold]);

  useEffect(() => {
    if (!on) return;
    let gathered: LogEntry[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deliver = () => {
      timer = undefined;
      dispatch({ kind: 'arrived', entries: gathered, hold: held.current });
      gathered = [];
    };
    const close = openStream(
      '/logs/tail',
      { q },
      {
        names: ['log', 'skipped'],
        onState: setState,
        onEvent: (name, data) => {
          if (name === 'skipped') return dispatch({ kind: 'skipped', count: (data as { count?: number }).count ?? 0 });
          gathered.push(data as LogEntry);
          timer ??= setTimeout(deliver, gatherMs);
        },
      },
    );
    return () => {
      clearTimeout(timer);
      close();
      dispatch({ kind: 'reset' });
    };
  }, [q, on]);

  return { ...tail, state, release: () => dispatch({ kind: 'release' }) };
}
