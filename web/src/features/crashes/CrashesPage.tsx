import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { CrashGroup } from '../../shared/api/types';
import { Sparkline, trendSentence } from '../../shared/charts/Sparkline';
import { Choice, SearchField } from '../../shared/ui/Filters';
import { useKeys } from '../../shared/ui/keys';
import { CrashClassMark, CrashStateMark, crashClasses } from '../../shared/ui/Marks';
import { count, plural } from '../../shared/ui/number';
import { EmptyEver, EmptyFiltered, Failure, Loading } from '../../shared/ui/StateBlock';
import table from '../../shared/ui/Table.module.css';
import { To } from '../../shared/ui/To';
import { When } from '../../shared/ui/When';
import { carried, useUrl } from '../../shared/url';
import { useCrashes } from './api';
import styles from './Crashes.module.css';

const states = ['new', 'ongoing', 'regressed', 'resolved', 'ignored'].map((value) => ({
  value,
  label: value[0]!.toUpperCase() + value.slice(1),
}));
const sorts = [
  { value: 'lastSeen', label: 'Last seen' },
  { value: 'firstSeen', label: 'First seen' },
  { value: 'count', label: 'Most crashes' },
  { value: 'users', label: 'Most users' },
];

export function CrashesPage() {
  const [url, change] = useUrl();
  const navigate = useNavigate();
  const filter = { q: url.q, service: url.service, class: url.class, state: url.state, sort: url.sort };
  const crashes = useCrashes(filter);
  const groups = crashes.data?.pages.flatMap((page) => page.items) ?? [];
  const total = crashes.data?.pages[0]?.total ?? 0;
  const filtered = Boolean(url.q || url.service || url.class || url.state);
  const clear = () => change({ q: undefined, service: undefined, class: undefined, state: undefined });

  const [cursor, setCursor] = useState(-1);
  const move = (step: number) => {
    const next = Math.min(Math.max(cursor + step, 0), groups.length - 1);
    setCursor(next);
    document.querySelectorAll('[data-crash-row]')[next]?.scrollIntoView({ block: 'nearest' });
  };
  const open = () => {
    const group = groups[cursor];
    if (group) void navigate({ to: `/crashes/${group.id}` as never, search: carried(url) as never });
  };
  useKeys('Crashes', [
    { keys: 'j', label: 'Next group', run: () => move(1) },
    { keys: 'k', label: 'Previous group', run: () => move(-1) },
    { keys: 'Enter', label: 'Open the group', run: open },
    { keys: 'o', label: 'Open the group', run: open },
  ]);

  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <SearchField
          value={url.q ?? ''}
          onChange={(q) => change({ q: q || undefined })}
          label="Search the crashes"
          placeholder="Type, message, method…"
        />
        <Choice
          label="State"
          all="Any state"
          value={url.state ?? ''}
          options={states}
          onChange={(state) => change({ state })}
        />
        <Choice
          label="Class"
          all="Any class"
          value={url.class ?? ''}
          options={crashClasses}
          onChange={(value) => change({ class: value })}
        />
        <Choice
          label="Service"
          all="Any service"
          value={url.service ?? ''}
          options={services(groups)}
          onChange={(service) => change({ service })}
        />
        <Choice
          label="Sort by"
          value={url.sort ?? 'lastSeen'}
          options={sorts}
          onChange={(sort) => change({ sort: sort === 'lastSeen' ? undefined : sort })}
        />
        {crashes.data && <span className="dim nowrap">{plural(total, 'group')}</span>}
      </div>
      <div className={styles.list}>
        {crashes.isPending ? (
          <Loading what="crash groups" rows={10} />
        ) : crashes.isError && groups.length === 0 ? (
          <Failure what="The crash groups" problem={crashes.error} onRetry={() => void crashes.refetch()} />
        ) : groups.length === 0 ? (
          filtered ? (
            <EmptyFiltered what="crash groups" onClear={clear}>
              No group has these words, class, state and service.
            </EmptyFiltered>
          ) : (
            <Never />
          )
        ) : (
          <Rows groups={groups} cursor={cursor} />
        )}
        {crashes.hasNextPage && (
          <button type="button" className={styles.more} onClick={() => void crashes.fetchNextPage()}>
            {crashes.isFetchingNextPage ? 'Loading…' : `Show more (${count(groups.length)} of ${count(total)})`}
          </button>
        )}
      </div>
    </div>
  );
}

function Rows({ groups, cursor }: { groups: CrashGroup[]; cursor: number }) {
  return (
    <table className={`${table.table} ${table.sticky} ${styles.table}`}>
      <thead>
        <tr>
          <th>Crash</th>
          <th>State</th>
          <th>Trend, 24 h</th>
          <th className="num">Count</th>
          <th className="num">Users</th>
          <th>Releases</th>
          <th className="num">Last seen</th>
          <th className="num">Age</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group, i) => (
          <tr key={group.id} data-crash-row data-selected={i === cursor || undefined}>
            <td className={table.main}>
              <div className="row">
                <CrashClassMark name={group.class} />
                <To to="/crashes/$groupId" params={{ groupId: String(group.id) }} className={`${styles.name} ellipsis`}>
                  {group.title}
                </To>
              </div>
              <div className={`${styles.under} ellipsis`}>
                <b>{group.service}</b>
                {saying(group) && ` · ${saying(group)}`}
              </div>
            </td>
            <td>
              <CrashStateMark state={group.state} />
            </td>
            <td>
              <Sparkline values={group.trend} label={trendSentence(group.trend)} />
            </td>
            <td className="num">
              <b>{count(group.count)}</b>
            </td>
            <td className="num">{count(group.users)}</td>
            <td>
              <Releases names={group.releases} />
            </td>
            <td className="num">
              <When time={group.lastSeen} />
            </td>
            <td className="num dim">
              <When time={group.firstSeen} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the title leaves out: the message, else where it happened. */
function saying(group: CrashGroup): string {
  return group.message || group.culprit || '';
}

function Releases({ names }: { names: string[] }) {
  if (names.length === 0) return <span className="dim">–</span>;
  return (
    <span className="mono nowrap" title={names.join(', ')}>
      {names[0]}
      {names.length > 1 && <span className="dim"> +{names.length - 1}</span>}
    </span>
  );
}

function services(groups: CrashGroup[]) {
  return [...new Set(groups.map((group) => group.service))].sort().map((value) => ({ value, label: value }));
}

function Never() {
  return (
    <EmptyEver title="No crash has been seen">
      <p>
        Watch a process from outside with <code>tocsin run -- your-program</code>, or add the SDK to a .NET app.{' '}
        <To to="/add-data">Show me how</To>
      </p>
    </EmptyEver>
  );
}
