import type { Alert, AlertNotification, AlertTransition } from '../../shared/api/types';
import { clock, epochOf } from '../../shared/time/format';
import { useZone } from '../../shared/time/useTime';
import { Chip, LevelMark } from '../../shared/ui/Marks';
import { plural } from '../../shared/ui/number';
import { Section } from '../../shared/ui/Section';
import { To } from '../../shared/ui/To';
import { When } from '../../shared/ui/When';
import styles from './Alerts.module.css';

export function RelatedLogs({ alert }: { alert: Alert }) {
  const zone = useZone();
  const logs = alert.relatedLogs ?? [];
  if (logs.length === 0) return null;
  return (
    <Section title="Related logs" note={plural(logs.length, 'record')} flush foldable>
      <ul className={styles.logs} tabIndex={0} aria-label="Related logs">
        {logs.map((log, i) => (
          <li key={i}>
            <time dateTime={log.time}>{clock(epochOf(log.time), zone, 'ms')}</time>
            <LevelMark level={log.level} />
            <span>
              {log.message}
              {log.traceId && (
                <>
                  {' '}
                  <To to="/traces/$traceId" params={{ traceId: log.traceId }}>
                    trace
                  </To>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const words: Record<string, string> = {
  opened: 'Opened',
  occurred: 'Occurred again',
  reopened: 'Re-opened',
  acknowledged: 'Acknowledged',
  unacknowledged: 'Acknowledgement taken back',
  suppressed: 'Suppressed',
  unsuppressed: 'Suppression ended',
  resolved: 'Resolved',
  expired: 'Expired',
  escalated: 'Escalated',
};

export function History({ history }: { history: AlertTransition[] }) {
  const newestFirst = [...history].sort((a, b) => epochOf(b.time) - epochOf(a.time));
  return (
    <Section title="History" note={plural(history.length, 'change')} foldable>
      <ol className={styles.history}>
        {newestFirst.map((change, i) => (
          <li key={i} data-action={change.action}>
            <div>
              <b>{words[change.action] ?? change.action}</b> <span className="dim">by {change.by}</span>
            </div>
            {change.notes && <p>{change.notes}</p>}
            <When time={change.time} form="full" />
          </li>
        ))}
      </ol>
    </Section>
  );
}

const tones = { sent: 'ok', queued: 'plain', retrying: 'warn', failed: 'error', bundled: 'plain' } as const;

export function Notifications({ items }: { items: AlertNotification[] }) {
  return (
    <Section
      title="Notifications"
      note={items.length === 0 ? undefined : plural(items.length, 'message')}
      flush
      foldable
    >
      {items.length === 0 ? (
        <p className={styles.none}>
          No channel was told of this alert. <To to="/channels">Set up a channel</To>
        </p>
      ) : (
        <ul className={styles.sent}>
          {items.map((item, i) => (
            <li key={i}>
              <Chip tone={tones[item.state] ?? 'plain'}>{item.state}</Chip>
              <div className="grow">
                <div>
                  <b>{item.channel}</b>{' '}
                  <span className="dim">
                    {item.kind} · {item.reason}
                    {item.attempts > 1 ? ` · ${plural(item.attempts, 'attempt')}` : ''}
                  </span>
                </div>
                {item.lastAnswer && <div className={styles.answer}>{item.lastAnswer}</div>}
              </div>
              <span className="dim">
                <When time={item.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
