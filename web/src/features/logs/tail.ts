import type { LogEntry } from '../../shared/api/types';

export const mostRows = 5000;

/** What the live tail has brought: shown rows and waiting ones, both newest first. */
export interface Tail {
  shown: LogEntry[];
  waiting: LogEntry[];
  skipped: number;
}

export const emptyTail: Tail = { shown: [], waiting: [], skipped: 0 };

export type TailEvent =
  | { kind: 'arrived'; entries: LogEntry[]; hold: boolean }
  | { kind: 'skipped'; count: number }
  | { kind: 'release' }
  | { kind: 'reset' };

/** While held, arrivals only wait; the oldest beyond the bound are dropped and counted as skipped. */
export function tailReducer(tail: Tail, event: TailEvent): Tail {
  switch (event.kind) {
    case 'reset':
      return emptyTail;
    case 'skipped':
      return { ...tail, skipped: tail.skipped + event.count };
    case 'release':
      return bounded({ ...tail, shown: [...tail.waiting, ...tail.shown], waiting: [] });
    case 'arrived': {
      const newestFirst = [...event.entries].reverse();
      return event.hold
        ? bounded({ ...tail, waiting: [...newestFirst, ...tail.waiting] })
        : bounded({ ...tail, shown: [...newestFirst, ...tail.waiting, ...tail.shown], waiting: [] });
    }
  }
}

function bounded(tail: Tail): Tail {
  const lost = Math.max(0, tail.waiting.length - mostRows);
  return {
    shown: tail.shown.slice(0, mostRows),
    waiting: tail.waiting.slice(0, mostRows),
    skipped: tail.skipped + lost,
  };
}
