import type { Alert } from '../../shared/api/types';
import { age, epochOf } from '../../shared/time/format';
import { useNow } from '../../shared/time/clock';
import { PriorityMark, StatusMark } from '../../shared/ui/Marks';
import { count, plural } from '../../shared/ui/number';
import { To } from '../../shared/ui/To';
import { When } from '../../shared/ui/When';
import { useUrl } from '../../shared/url';
import styles from './Alerts.module.css';

export function AlertRow({ alert, open }: { alert: Alert; open: boolean }) {
  const [url] = useUrl();
  const now = useNow();
  return (
    <li id={`alert-${alert.id}`} className={styles.row} data-open={open || undefined} data-priority={alert.priority}>
      <To to="/alerts" search={{ ...url, sel: String(alert.id) }} current={open ? 'true' : undefined}>
        <span className={styles.first}>
          <PriorityMark priority={alert.priority} />
          <strong className="ellipsis">{alert.title}</strong>
        </span>
        <span className={`${styles.under} ellipsis`}>{alert.message}</span>
        <span className={styles.meta}>
          <StatusMark status={alert.status} />
          <span>{alert.resource}</span>
          <span>{howLong(alert, now)}</span>
          {alert.count > 1 && <span>× {count(alert.count)}</span>}
          {(alert.affectedUsers ?? 0) > 0 && <span>{plural(alert.affectedUsers!, 'user')}</span>}
          <span className={styles.last}>
            <When time={alert.lastSeenAt} />
          </span>
        </span>
      </To>
    </li>
  );
}

function howLong(alert: Alert, now: number): string {
  const open = alert.endsAt ? epochOf(alert.endsAt) : now;
  const text = age(open - epochOf(alert.startsAt));
  if (alert.endsAt) return `lasted ${text === 'now' ? 'a moment' : text}`;
  return text === 'now' ? 'just opened' : `open ${text}`;
}
