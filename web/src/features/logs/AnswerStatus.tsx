import { brief, bytes, count, plural } from '../../shared/ui/number';
import { segmentsRead, type QueryAnswer } from './answer';
import styles from './Logs.module.css';

/** How much the answer is, and what it cost to find. */
export function AnswerStatus({ answer, busy, what = 'row' }: { answer?: QueryAnswer; busy: boolean; what?: string }) {
  if (!answer) return <div className={styles.status} role="status" />;
  const { rows, bytes: read, segments, skipped, badBlocks } = answer.scanned;
  return (
    <div className={styles.status} role="status">
      <b>{answer.truncated ? `first ${count(answer.rows.length)} ${what}s` : plural(answer.rows.length, what)}</b>
      {answer.truncated && <span className={styles.bad}>there are more; the export has all</span>}
      <span>
        {brief(rows)} records read ({bytes(read)}) in {answer.elapsedMs < 1 ? '< 1' : count(Math.round(answer.elapsedMs))} ms
      </span>
      <span title="Segments are the files of the store; one that cannot match, or whose headers say enough, stays unread. The newest records are in memory">
        {segmentsRead(segments, skipped)}
      </span>
      {badBlocks > 0 && <span className={styles.bad}>{plural(badBlocks, 'damaged block')} skipped</span>}
      {busy && <span className={styles.busy}>running…</span>}
    </div>
  );
}
