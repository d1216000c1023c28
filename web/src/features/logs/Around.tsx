import { useEffect, useRef, useState } from 'react';
import type { LogEntry } from '../../shared/api/types';
import { clock, epochOf } from '../../shared/time/format';
import { useZone } from '../../shared/time/useTime';
import { LevelMark } from '../../shared/ui/Marks';
import { Failure, Loading } from '../../shared/ui/StateBlock';
import { useAnswer } from './api';
import { aroundQuery, isSame } from './neighbours';
import styles from './Logs.module.css';
import { recordsOf } from './rows';

const sizes = [20, 50, 200];

/** A record between those before and after it of the same service, host and process, newest first. */
export function Around({ entry }: { entry: LogEntry }) {
  const [size, setSize] = useState(sizes[0]!);
  const zone = useZone();
  const { q, range } = aroundQuery(entry, size);
  const found = useAnswer(q, range, 2 * size + 50);
  const hit = useRef<HTMLLIElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const records = found.data && !found.isPlaceholderData ? recordsOf(found.data) : undefined;
  useEffect(() => {
    if (records && hit.current && scroller.current)
      scroller.current.scrollTop = hit.current.offsetTop - scroller.current.clientHeight / 2;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per answer
  }, [found.data]);
  if (found.isPending || (found.isPlaceholderData && !records)) return <Loading what="its neighbours" rows={8} />;
  if (!records) return <Failure what="Its neighbours" problem={found.error} onRetry={() => void found.refetch()} />;
  const next = sizes[sizes.indexOf(size) + 1];
  const isHit = (row: LogEntry) => isSame(row, entry);
  return (
    <div className={styles.around} ref={scroller} tabIndex={0} role="region" aria-label="Records around it, newest first">
      <p>
        {size} before and after it, of the same service, host and process, within an hour.{' '}
        {next && (
          <button type="button" onClick={() => setSize(next)}>
            Show {next}
          </button>
        )}
      </p>
      <ol>
        {records.rows.map((row) => (
          <li key={row.id} ref={isHit(row) ? hit : undefined} data-hit={isHit(row) || undefined}>
            <span>{clock(epochOf(row.time), zone, 'ms')}</span>
            <LevelMark level={row.level} />
            <span>{row.body}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
