import type { ReactNode } from 'react';
import type { CrashDetail, CrashRecord } from '../../shared/api/types';
import { Sparkline, trendSentence } from '../../shared/charts/Sparkline';
import { epochOf } from '../../shared/time/format';
import { Icon } from '../../shared/ui/Icon';
import { CrashStateMark } from '../../shared/ui/Marks';
import { count, plural } from '../../shared/ui/number';
import { Section } from '../../shared/ui/Section';
import { To } from '../../shared/ui/To';
import { When } from '../../shared/ui/When';
import styles from './Crashes.module.css';

const around = 10 * 60_000;

/** What, where, when, why, who, before: each in one cell. */
export function Answers({ detail, record }: { detail: CrashDetail; record: CrashRecord }) {
  const { group } = detail;
  const at = epochOf(record.time);
  const window = { from: String(at - around), to: String(at + 60_000) };
  const { hosts } = group;
  return (
    <dl className={styles.answers}>
      <Answer
        name="Where"
        under={[record.release && `release ${record.release}`, record.environment].filter(Boolean).join(' · ')}
      >
        {record.service}
        {record.host ? ` on ${record.host}` : ''}
      </Answer>
      <Answer name="When" under={<When time={record.time} form="full" />}>
        <When time={record.time} />
      </Answer>
      <Answer
        name="Who is affected"
        under={[plural(hosts, 'host'), group.users > 0 && record.userId && `this one: ${record.userId}`]
          .filter(Boolean)
          .join(' · ')}
      >
        {group.users > 0 ? plural(group.users, 'user') : (record.userId ?? 'No user known')}
      </Answer>
      <Answer
        name="Before"
        under={
          <>
            first <When time={group.firstSeen} />
          </>
        }
      >
        {group.count === 1 ? 'Never before' : `${count(group.count)} times`}
      </Answer>
      <Answer
        name="Follow it"
        under={
          record.traceId ? (
            <To to="/logs" search={{ q: `trace_id:${record.traceId}`, ...window }}>
              Logs of the trace
            </To>
          ) : undefined
        }
      >
        {record.traceId ? (
          <To to="/traces/$traceId" params={{ traceId: record.traceId }} search={{ span: record.spanId }}>
            Trace
          </To>
        ) : (
          <To to="/logs" search={{ service: record.service, ...window }}>
            Logs around it
          </To>
        )}
        {record.traceId && (
          <>
            {' '}
            ·{' '}
            <To to="/logs" search={{ service: record.service, ...window }}>
              Logs around it
            </To>
          </>
        )}
      </Answer>
    </dl>
  );
}

function Answer({ name, under, children }: { name: string; under?: ReactNode; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {under && <small>{under}</small>}
      </dd>
    </div>
  );
}

export function Occurrences({ detail, current }: { detail: CrashDetail; current: string }) {
  const { group, occurrences } = detail;
  const index = occurrences.findIndex((each) => each.crashId === current);
  return (
    <Section
      title="Occurrences"
      flush
      note={
        occurrences.length < group.count ? `latest ${occurrences.length} of ${count(group.count)}` : count(group.count)
      }
      actions={
        <span className={styles.switcher}>
          <Switch label="Newer occurrence" icon="left" detail={detail} index={index - 1} />
          <Switch label="Older occurrence" icon="right" detail={detail} index={index + 1} />
        </span>
      }
    >
      <div className={styles.trend}>
        <Sparkline values={group.trend} width={296} height={36} label={trendSentence(group.trend)} />
      </div>
      <div className={styles.occurrences} tabIndex={0} role="region" aria-label="List of occurrences">
        {occurrences.map((each) => (
          <To
            key={each.crashId}
            to="/crashes/$groupId/events/$crashId"
            params={{ groupId: String(group.id), crashId: each.crashId }}
            current={each.crashId === current ? 'true' : undefined}
          >
            <When time={each.time} form="full" />
            <span className="dim ellipsis">{[each.host, each.release].filter(Boolean).join(' · ')}</span>
          </To>
        ))}
      </div>
    </Section>
  );
}

function Switch({
  label,
  icon,
  detail,
  index,
}: {
  label: string;
  icon: 'left' | 'right';
  detail: CrashDetail;
  index: number;
}) {
  const target = detail.occurrences[index];
  if (!target)
    return (
      <button type="button" className={styles.step} disabled aria-label={label}>
        <Icon name={icon} size={13} />
      </button>
    );
  return (
    <To
      className={styles.step}
      to="/crashes/$groupId/events/$crashId"
      params={{ groupId: String(detail.group.id), crashId: target.crashId }}
      aria-label={label}
    >
      <Icon name={icon} size={13} />
    </To>
  );
}

export function Grouping({ detail }: { detail: CrashDetail }) {
  const { fingerprint } = detail;
  return (
    <Section title="Why these are one group" foldable folded>
      <p>{fingerprint.reason}</p>
      <ul className={styles.parts}>
        {fingerprint.parts.map((part, i) => (
          <li key={i}>{part}</li>
        ))}
      </ul>
      <p className="dim">
        Key <code>{fingerprint.key}</code>
      </p>
    </Section>
  );
}

export function Similar({ detail }: { detail: CrashDetail }) {
  if (detail.similar.length === 0) return null;
  return (
    <Section title="Similar groups" flush>
      <div className={styles.occurrences}>
        {detail.similar.map((group) => (
          <To key={group.id} to="/crashes/$groupId" params={{ groupId: String(group.id) }}>
            <span className="ellipsis">{group.title}</span>
            <CrashStateMark state={group.state} />
          </To>
        ))}
      </div>
    </Section>
  );
}
