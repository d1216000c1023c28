import { useState } from 'react';
import { ApiProblem } from '../../shared/api/client';
import type { LogEntry } from '../../shared/api/types';
import { SeverityHistogram } from '../../shared/charts/SeverityHistogram';
import { useApiRange } from '../../shared/time/useTime';
import { Failure, Partial } from '../../shared/ui/StateBlock';
import { useKeys } from '../../shared/ui/keys';
import { useUrl } from '../../shared/url';
import { useHistogram, useLogPages } from './api';
import { Facets } from './Facets';
import { LogPane } from './LogPane';
import { LogStatus } from './LogStatus';
import { LogTable } from './LogTable';
import styles from './Logs.module.css';
import { composed } from './query';
import { QueryBar } from './QueryBar';
import { useTail } from './useTail';

export function LogsPage() {
  const [url, change] = useUrl();
  const range = useApiRange();
  const q = composed(url);
  const live = url.live === '1';
  const [scrolled, setScrolled] = useState(false);
  const pages = useLogPages(q, range);
  const problem = pages.error;
  const badQuery = problem instanceof ApiProblem && problem.status === 400 ? problem : undefined;
  const histogram = useHistogram(q, range, badQuery === undefined, live ? 10_000 : false);
  const tail = useTail(q, live && badQuery === undefined, scrolled || url.sel !== undefined);
  const rows = merged(tail.shown, pages.data?.pages.flatMap((page) => page.items) ?? []);
  const selected = rows.find((row) => row.id === url.sel);
  const filtered = q !== '';
  useLogKeys(rows);

  return (
    <div className={styles.page} data-open={url.sel !== undefined || undefined}>
      <Facets
        q={q}
        range={range}
        totals={badQuery ? undefined : histogram.data?.totals}
        enabled={badQuery === undefined}
      />
      <div className={styles.main}>
        <QueryBar problem={badQuery} tailState={live ? tail.state : undefined} />
        <div className={styles.chart}>
          {histogram.data && !badQuery ? (
            <SeverityHistogram
              histogram={histogram.data}
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
          histogram={badQuery ? undefined : histogram.data}
          busy={pages.isFetching}
          tail={tail}
          live={live}
        />
        {pages.data?.pages.some((page) => page.partial) && (
          <Partial>Not everything could be read: the answer is incomplete.</Partial>
        )}
        {problem && rows.length === 0 && !badQuery ? (
          <Failure what="The log records" problem={problem} onRetry={() => void pages.refetch()} />
        ) : badQuery && rows.length === 0 ? (
          <div className={styles.blank} />
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
            onScrolled={setScrolled}
            onClear={() => change({ q: undefined, level: undefined, service: undefined })}
          />
        )}
      </div>
      {url.sel !== undefined && (
        <LogPane entry={selected} pending={pages.isPending} onClose={() => change({ sel: undefined })} />
      )}
    </div>
  );
}

/** Live rows first; a row that the search brought as well is shown once. */
function merged(fresh: LogEntry[], found: LogEntry[]): LogEntry[] {
  if (fresh.length === 0) return found;
  const known = new Set(fresh.map((row) => row.id));
  return [...fresh, ...found.filter((row) => !known.has(row.id))];
}

function useLogKeys(rows: LogEntry[]) {
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
    { keys: 'Escape', label: 'Close the record', run: () => change({ sel: undefined }) },
  ]);
}
