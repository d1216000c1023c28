import type { CrashRecord } from '../../shared/api/types';
import { clock, epochOf } from '../../shared/time/format';
import { useZone } from '../../shared/time/useTime';
import { CopyIcon } from '../../shared/ui/Copy';
import { Chip, LevelMark } from '../../shared/ui/Marks';
import { plural } from '../../shared/ui/number';
import { Section } from '../../shared/ui/Section';
import { To } from '../../shared/ui/To';
import styles from './Crashes.module.css';

export function Evidence({ record }: { record: CrashRecord }) {
  const items = record.evidence ?? [];
  if (items.length === 0) return null;
  return (
    <Section title="Evidence" note="who saw what, strongest first" flush>
      <ul className={styles.evidence}>
        {items.map((item, i) => (
          <li key={i}>
            <Chip>{item.source.replaceAll('_', ' ')}</Chip>
            <span className={styles.text}>{item.detail}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What the program logged, did and was doing before the end. */
export function BeforeDeath({ record }: { record: CrashRecord }) {
  const zone = useZone();
  const end = epochOf(record.time);
  const time = (at: string) => (
    <time dateTime={at} title={before(end - epochOf(at))}>
      {clock(epochOf(at), zone, 'ms')}
    </time>
  );
  const { logs = [], breadcrumbs = [], activities = [] } = record;
  return (
    <>
      {logs.length > 0 && (
        <Section title="Logs before the end" note={plural(logs.length, 'record')} flush foldable>
          <ul className={styles.lines} tabIndex={0} aria-label="Logs before the end">
            {logs.map((log, i) => (
              <li key={i}>
                {time(log.time)}
                <LevelMark level={log.level} />
                <span className={styles.cat} title={log.logger}>
                  {log.logger.split('.').at(-1)}
                </span>
                <span className={styles.text}>{log.message}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {breadcrumbs.length > 0 && (
        <Section title="Breadcrumbs" note={plural(breadcrumbs.length, 'step')} flush foldable>
          <ul className={styles.lines} tabIndex={0} aria-label="Breadcrumbs">
            {breadcrumbs.map((crumb, i) => (
              <li key={i}>
                {time(crumb.time)}
                <span className={styles.cat} title={crumb.category}>
                  {crumb.category}
                </span>
                <span className={styles.text}>{crumb.message}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {activities.length > 0 && (
        <Section title="Under way at the end" note={plural(activities.length, 'operation')} flush foldable>
          <ul className={styles.lines} tabIndex={0} aria-label="Operations under way">
            {activities.map((activity) => (
              <li key={activity.spanId}>
                {time(activity.startTime)}
                <span className={styles.text}>
                  {activity.name}{' '}
                  <span className="dim">
                    for {before(end - epochOf(activity.startTime)).replace(' before the end', '')}
                  </span>{' '}
                  <To to="/traces/$traceId" params={{ traceId: activity.traceId }} search={{ span: activity.spanId }}>
                    trace
                  </To>
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

export function Stderr({ record }: { record: CrashRecord }) {
  if (!record.stderrTail) return null;
  return (
    <Section
      title="Standard error"
      note="the last lines, as the program wrote them"
      flush
      foldable
      actions={<CopyIcon text={record.stderrTail} label="Copy standard error" />}
    >
      <pre className={styles.raw} tabIndex={0} role="region" aria-label="Standard error">
        {record.stderrTail}
      </pre>
    </Section>
  );
}

function before(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms before the end`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s before the end`;
  return `${Math.round(ms / 60_000)} min before the end`;
}
