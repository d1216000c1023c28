import { useRef, useState } from 'react';
import type { Alert, AlertList, AlertStatus } from '../../shared/api/types';
import { Choice, SearchField } from '../../shared/ui/Filters';
import { statusWords } from '../../shared/ui/Marks';
import { count, plural } from '../../shared/ui/number';
import { EmptyEver, EmptyFiltered, Failure, Loading, Partial } from '../../shared/ui/StateBlock';
import { To } from '../../shared/ui/To';
import { useSteadyList } from '../../shared/ui/useSteadyList';
import { useUrl } from '../../shared/url';
import { AlertPane } from './AlertPane';
import { AlertRow } from './AlertRow';
import styles from './Alerts.module.css';
import { allStatuses, useAlerts } from './api';
import { useAlertKeys } from './useAlertKeys';

const priorities = [
  ['CRITICAL', 'Critical'],
  ['HIGH', 'High'],
  ['MEDIUM', 'Medium'],
  ['LOW', 'Low'],
].map(([value, label]) => ({ value: value!, label: label! }));
const scrolledPx = 16;

export function AlertsPage() {
  const [url, change] = useUrl();
  const status = url.status ?? 'ACTIVE';
  const filter = { status, priority: url.priority, service: url.service, q: url.q };
  const query = useAlerts(filter);
  const all = query.data?.pages.flatMap((page) => page.items) ?? [];
  const [scrolled, setScrolled] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const { items, waiting, release } = useSteadyList(all, (alert: Alert) => alert.id, scrolled, JSON.stringify(filter));
  const filtered = Boolean(url.priority || url.service || url.q);
  const clear = () => change({ priority: undefined, service: undefined, q: undefined });
  const showNew = () => {
    release();
    list.current?.scrollTo({ top: 0 });
  };
  useAlertKeys(items);

  return (
    <div className={styles.page} data-open={url.sel !== undefined || undefined}>
      <div className={styles.inbox}>
        <StatusTabs
          status={status}
          counts={query.data?.pages[0]?.counts}
          onChange={(next) => change({ status: next === 'ACTIVE' ? undefined : next, sel: undefined })}
        />
        <div className={styles.bar}>
          <SearchField
            value={url.q ?? ''}
            onChange={(q) => change({ q: q || undefined })}
            label="Search the alerts"
            placeholder="Title, message, resource…"
          />
          <Choice
            label="Priority"
            all="Any priority"
            value={url.priority ?? ''}
            options={priorities}
            onChange={(priority) => change({ priority })}
          />
          {url.service && (
            <Choice
              label="Service"
              all="Any service"
              value={url.service}
              options={[]}
              onChange={(service) => change({ service })}
            />
          )}
        </div>
        {waiting > 0 && (
          <button type="button" className={styles.fresh} onClick={showNew}>
            {plural(waiting, 'new alert')} – show
          </button>
        )}
        {query.isError && all.length > 0 && (
          <Partial>Not renewed: the server does not answer. What is shown may be old.</Partial>
        )}
        <div
          ref={list}
          className={styles.list}
          onScroll={(event) => setScrolled(event.currentTarget.scrollTop > scrolledPx)}
        >
          {query.isPending ? (
            <Loading what="alerts" rows={10} />
          ) : query.isError && all.length === 0 ? (
            <Failure what="The alerts" problem={query.error} onRetry={() => void query.refetch()} />
          ) : items.length === 0 ? (
            filtered ? (
              <EmptyFiltered what="alerts" onClear={clear}>
                None of these alerts has this priority, service and words.
              </EmptyFiltered>
            ) : (
              <Nothing status={status} />
            )
          ) : (
            <ul aria-label="Alerts">
              {items.map((alert) => (
                <AlertRow key={alert.id} alert={alert} open={url.sel === String(alert.id)} />
              ))}
            </ul>
          )}
          {query.hasNextPage && (
            <button type="button" className={styles.more} onClick={() => void query.fetchNextPage()}>
              {query.isFetchingNextPage ? 'Loading…' : 'Show more'}
            </button>
          )}
        </div>
      </div>
      {url.sel !== undefined && (
        <AlertPane
          id={url.sel}
          known={items.find((alert) => String(alert.id) === url.sel)}
          onClose={() => change({ sel: undefined })}
        />
      )}
    </div>
  );
}

function StatusTabs({
  status,
  counts,
  onChange,
}: {
  status: string;
  /** Unknown until the server has answered; a zero would be a guess. */
  counts?: AlertList['counts'];
  onChange: (status: string) => void;
}) {
  const total = allStatuses.reduce((sum, name) => sum + (counts?.[name] ?? 0), 0);
  const tabs: [string, string, number][] = [
    ...allStatuses.map((name): [string, string, number] => [name, statusWords[name], counts?.[name] ?? 0]),
    ['ALL', 'All', total],
  ];
  return (
    <div className={styles.tabs} role="group" aria-label="State of the alerts">
      {tabs.map(([name, word, number]) => (
        <button key={name} type="button" aria-pressed={name === status} onClick={() => onChange(name)}>
          {word} {counts && <b>{count(number)}</b>}
        </button>
      ))}
    </div>
  );
}

function Nothing({ status }: { status: string }) {
  if (status !== 'ACTIVE') {
    const word =
      status === 'ALL'
        ? 'No alert has been raised'
        : `Nothing is ${statusWords[status as AlertStatus]?.toLowerCase() ?? status}`;
    return (
      <EmptyEver title={word}>
        Alerts come from crashes and from <code>POST /api/tocsin/v1/alerts</code>.
      </EmptyEver>
    );
  }
  return (
    <EmptyEver title="Nothing is firing">
      This list fills by itself, without a reload. <To to="/channels">Check that your channels work</To>
    </EmptyEver>
  );
}
