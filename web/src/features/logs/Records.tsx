import type { Histogram, LogEntry } from '../../shared/api/types';
import { SeverityHistogram } from '../../shared/charts/SeverityHistogram';
import { Failure, Partial } from '../../shared/ui/StateBlock';
import { useKeys } from '../../shared/ui/keys';
import { useUrl } from '../../shared/url';
import type { useLogPages } from './api';
import { LogStatus } from './LogStatus';
import { LogTable } from './LogTable';
import styles from './Logs.module.css';
import { columnsOf } from './rows';
import type { useTail } from './useTail';

/** Live rows first; a row that the search brought as well is shown once. */
export function merged(fresh: LogEntry[], found: LogEntry[]): LogEntry[] {
  if (fresh.length === 0) return found;
  const known = new Set(fresh.map((row) => row.id));
  return [...fresh, ...found.filter((row) => !known.has(row.id))];
}

/** The search for records: histogram, what it cost, and the rows. */
export function Records({
  pages,
  histogram,
  tail,
  rows,
  bad,
  filtered,
  onScrolled,
}: {
  pages: ReturnType<typeof useLogPages>;
  histogram?: Histogram;
  tail: ReturnType<typeof useTail>;
  rows: LogEntry[];
  /** The query cannot be read; the bar says why. */
  bad: boolean;
  filtered: boolean;
  onScrolled: (scrolled: boolean) => void;
}) {
  const [url, change] = useUrl();
  useLogKeys(rows);
  return (
    <>
      <div className={styles.chart}>
        {histogram && !bad ? (
          <SeverityHistogram
            histogram={histogram}
            height={88}
            active={url.level}
            onZoom={(from, to) => change({ from: String(from), to: String(to), live: undefined })}
            onZoomOut={() => change({ from: undefined, to: undefined })}
            onFamily={(family) => change({ level: url.level === family ? undefined : family })}
          />
        ) : (
          <div style={{ height: 114 }} />
        )}
      </div>
      <LogStatus
        pages={pages.data?.pages}
        histogram={bad ? undefined : histogram}
        busy={pages.isFetching}
        tail={tail}
        live={url.live === '1'}
      />
      {pages.data?.pages.some((page) => page.partial) && (
        <Partial>Not everything could be read: the answer is incomplete.</Partial>
      )}
      {pages.error && rows.length === 0 && !bad ? (
        <Failure what="The log records" problem={pages.error} onRetry={() => void pages.refetch()} />
      ) : bad && rows.length === 0 ? (
        <div className={styles.blank} />
      ) : pages.isPending && pages.fetchStatus === 'idle' ? (
        <Stopped onRun={() => void pages.refetch()} />
      ) : (
        <LogTable
          rows={rows}
          pending={pages.isPending}
          stale={pages.isPlaceholderData}
          more={pages.hasNextPage && !pages.isFetchingNextPage}
          loadMore={() => void pages.fetchNextPage()}
          ended={!pages.hasNextPage}
          filtered={filtered}
          waiting={tail.waiting.length}
          onShowNew={tail.release}
          onScrolled={onScrolled}
          columns={columnsOf(url.cols)}
          onClear={() => change({ q: undefined, level: undefined, service: undefined })}
        />
      )}
    </>
  );
}

export function Stopped({ onRun }: { onRun: () => void }) {
  return (
    <div className={styles.stopped}>
      <p>The query was stopped before it had an answer.</p>
      <button type="button" onClick={onRun}>
        Run it again
      </button>
    </div>
  );
}

export function useLogKeys(rows: LogEntry[]) {
  const [url, change] = useUrl();
  const index = rows.findIndex((row) => row.id === url.sel);
  const move = (step: number) => {
    const next = rows[index < 0 ? 0 : Math.min(Math.max(index + step, 0), rows.length - 1)];
    if (next) change({ sel: next.id }, true);
  };
  useKeys('Logs', [
    { keys: 'j', label: 'Next record', run: () => move(1) },
    { keys: 'k', label: 'Previous record', run: () => move(-1) },
    { keys: 't', label: 'Live tail on or off', run: () => change({ live: url.live === '1' ? undefined : '1' }) },
    { keys: 'w', label: 'Wrap long lines', run: () => change({ wrap: url.wrap === '1' ? undefined : '1' }) },
  ]);
}
