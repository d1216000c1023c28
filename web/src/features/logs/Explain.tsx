import type { TimeRange } from '../../shared/time/range';
import { CopyIcon } from '../../shared/ui/Copy';
import { Failure, Loading } from '../../shared/ui/StateBlock';
import { useExplanation } from './api';
import styles from './Result.module.css';

/** The plan of the query: the last pipe at the top, the scan at the bottom. */
export function Explain({ q, range }: { q: string; range: TimeRange }) {
  const plan = useExplanation(q, range, true);
  if (plan.isPending) return <Loading what="the plan" rows={3} />;
  if (!plan.data) return <Failure what="The plan" problem={plan.error} onRetry={() => void plan.refetch()} />;
  return (
    <section className={styles.plan} aria-label="Plan of the query">
      <pre tabIndex={0}>{plan.data.text.trimEnd()}</pre>
      <CopyIcon text={plan.data.text} label="Copy the plan" />
    </section>
  );
}
