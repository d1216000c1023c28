import { ActionIcon } from '@mantine/core';
import type { Alert, AlertDetail } from '../../shared/api/types';
import { DiagnosisCard } from '../../shared/ui/DiagnosisCard';
import { Icon } from '../../shared/ui/Icon';
import { Chip, PriorityMark, StatusMark } from '../../shared/ui/Marks';
import { count, plural } from '../../shared/ui/number';
import { Facts, Section } from '../../shared/ui/Section';
import { Failure, Loading } from '../../shared/ui/StateBlock';
import { Outside, To } from '../../shared/ui/To';
import { When } from '../../shared/ui/When';
import { epochOf } from '../../shared/time/format';
import { AlertActions } from './AlertActions';
import styles from './Alerts.module.css';
import { useAlert } from './api';
import { History, Notifications, RelatedLogs } from './AlertStory';

interface Props {
  id: string;
  /** The alert as a list knows it, so that it can be acted on before its story is loaded. */
  known?: Alert;
  alone?: boolean;
  onClose: () => void;
}

export function AlertPane({ id, known, alone, onClose }: Props) {
  const query = useAlert(id);
  const alert = query.data?.alert ?? known;
  return (
    <aside className={styles.pane} aria-label="Alert" data-alone={alone || undefined}>
      <div className={styles.paneBar}>
        {alert ? <AlertActions key={id} alert={alert} /> : <span className="grow" />}
        {!alone && (
          <To
            to="/alerts/$alertId"
            params={{ alertId: id }}
            aria-label="Open on a page of its own"
            title="Open on a page of its own"
            className={styles.iconLink}
          >
            <Icon name="out" size={15} />
          </To>
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={alone ? 'To the inbox' : 'Close the alert'}
          onClick={onClose}
        >
          <Icon name="close" />
        </ActionIcon>
      </div>
      <div className={styles.paneBody}>
        {query.isPending ? (
          <Loading what="the alert" />
        ) : !query.data ? (
          <Failure what="This alert" problem={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Detail detail={query.data} />
        )}
      </div>
    </aside>
  );
}

function Detail({ detail: { alert, history, notifications } }: { detail: AlertDetail }) {
  const advice = alert.recommendations ?? [];
  return (
    <>
      <header className={styles.head}>
        <div className="row wrap">
          <PriorityMark priority={alert.priority} />
          <StatusMark status={alert.status} />
          <Chip outline>{alert.category.toLowerCase()}</Chip>
          <span className="dim">#{alert.id}</span>
        </div>
        <h2>{alert.title}</h2>
        <p className={styles.message}>{alert.message}</p>
        <Handling alert={alert} />
      </header>
      <Facts
        items={[
          ['Resource', alert.resource],
          ['Type', <code key="t">{alert.type}</code>],
          ['Open since', <When key="s" time={alert.startsAt} form="full" />],
          [alert.endsAt ? 'Ended' : 'Last seen', <When key="l" time={alert.endsAt ?? alert.lastSeenAt} />],
          ['Occurrences', count(alert.count)],
          ['Affected users', alert.affectedUsers ? count(alert.affectedUsers) : undefined],
          ['Re-opened', alert.reopened ? plural(alert.reopened, 'time') : undefined],
          ['Runbook', alert.runbookUrl && <Outside key="r" url={alert.runbookUrl} />],
        ]}
      />
      <Links alert={alert} />
      {alert.diagnosis && (
        <Section title="Diagnosis">
          <DiagnosisCard diagnosis={alert.diagnosis} />
        </Section>
      )}
      {advice.length > 0 && !sameSteps(advice, alert.diagnosis?.nextSteps) && (
        <Section title="Recommendations">
          <ul className={styles.advice}>
            {advice.map((each, i) => (
              <li key={i}>{each}</li>
            ))}
          </ul>
        </Section>
      )}
      <RelatedLogs alert={alert} />
      <History history={history} />
      <Notifications items={notifications} />
      <Details alert={alert} />
    </>
  );
}

function Handling({ alert }: { alert: Alert }) {
  if (alert.status === 'SUPPRESSED')
    return (
      <p className={styles.handling}>
        Suppressed until <When time={alert.suppressedUntil} form="full" />: nobody is notified before.
      </p>
    );
  if (alert.acknowledgedAt && alert.status === 'ACKNOWLEDGED')
    return (
      <p className={styles.handling}>
        Acknowledged by {alert.acknowledgedBy ?? 'somebody'} <When time={alert.acknowledgedAt} />.
      </p>
    );
  return null;
}

function Links({ alert }: { alert: Alert }) {
  const at = epochOf(alert.lastSeenAt);
  const service = alert.labels?.service ?? alert.resource;
  const trace = alert.relatedLogs?.find((log) => log.traceId)?.traceId;
  return (
    <div className={styles.links}>
      {alert.crashGroupId !== undefined && alert.crashGroupId !== null && (
        <To to="/crashes/$groupId" params={{ groupId: String(alert.crashGroupId) }}>
          Open the crash
        </To>
      )}
      <To to="/logs" search={{ service, from: String(at - 15 * 60_000), to: String(at + 5 * 60_000) }}>
        Logs around it
      </To>
      {trace && (
        <To to="/traces/$traceId" params={{ traceId: trace }}>
          Trace
        </To>
      )}
    </div>
  );
}

function Details({ alert }: { alert: Alert }) {
  const entries: [string, string][] = [
    ...Object.entries(alert.labels ?? {}),
    ...Object.entries(alert.annotations ?? {}),
    ...Object.entries(alert.metadata ?? {}).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  ];
  if (entries.length === 0) return null;
  return (
    <Section title="Labels and metadata" foldable note={plural(entries.length, 'entry', 'entries')}>
      <Facts items={entries} />
    </Section>
  );
}

function sameSteps(a: string[], b: string[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((step, i) => step === b[i]);
}
