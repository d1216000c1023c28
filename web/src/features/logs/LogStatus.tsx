import type { Histogram, LogPage } from '../../shared/api/types';
import { families } from '../../shared/api/types';
import { brief, bytes, count, plural } from '../../shared/ui/number';
import styles from './Logs.module.css';

/** How much there is, what it cost to find, and how the tail is doing. */
export function LogStatus({
  pages,
  histogram,
  busy,
  tail,
  live,
}: {
  pages?: LogPage[];
  histogram?: Histogram;
  busy: boolean;
  live: boolean;
  tail: { shown: unknown[]; skipped: number };
}) {
  const total = histogram && families.reduce((sum, family) => sum + (histogram.totals[family] ?? 0), 0);
  const first = pages?.[0];
  const bad = pages?.reduce((sum, page) => sum + page.scanned.badBlocks, 0) ?? 0;
  return (
    <div className={styles.status} role="status">
      {total !== undefined && <b>{plural(total, 'record')}</b>}
      {first && (
        <span>
          {brief(first.scanned.rows)} rows read ({bytes(first.scanned.bytes)}) in{' '}
          {first.elapsedMs < 1 ? '< 1' : Math.round(first.elapsedMs)} ms
        </span>
      )}
      {bad > 0 && <span className={styles.bad}>{plural(bad, 'damaged block')} skipped</span>}
      {live && tail.shown.length > 0 && <span>{count(tail.shown.length)} arrived live</span>}
      {live && tail.skipped > 0 && <span className={styles.bad}>{count(tail.skipped)} skipped: too fast to show</span>}
      {busy && <span className={styles.busy}>loading…</span>}
    </div>
  );
}
