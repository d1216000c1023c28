import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { CrashDetail, CrashRecord } from '../../shared/api/types';
import { useCopy } from '../../shared/ui/Copy';
import { Icon } from '../../shared/ui/Icon';
import { useKeys } from '../../shared/ui/keys';
import { Chip, CrashClassMark, CrashStateMark, PriorityMark } from '../../shared/ui/Marks';
import { notice } from '../../shared/ui/notify';
import { To } from '../../shared/ui/To';
import { When } from '../../shared/ui/When';
import { carried, useUrl } from '../../shared/url';
import { useCrashDeed } from './api';
import styles from './Crashes.module.css';
import { crashMarkdown } from './markdown';

export function CrashHeader({
  detail,
  record,
  current,
}: {
  detail: CrashDetail;
  record?: CrashRecord;
  current: string;
}) {
  const { group } = detail;
  const deed = useCrashDeed(group);
  const navigate = useNavigate();
  const [url] = useUrl();
  const [copied, copy] = useCopy();
  const closed = group.state === 'resolved' || group.state === 'ignored';

  const index = detail.occurrences.findIndex((each) => each.crashId === current);
  const step = (by: number) => {
    const target = detail.occurrences[index + by];
    if (target)
      void navigate({ to: `/crashes/${group.id}/events/${target.crashId}` as never, search: carried(url) as never });
  };
  const copyAll = () => record && copy(crashMarkdown(detail, record));
  useKeys('Crash', [
    { keys: 'r', label: closed ? 'Reopen' : 'Resolve', run: () => deed.mutate(closed ? 'reopen' : 'resolve') },
    {
      keys: 'i',
      label: 'Ignore',
      run: () => {
        if (!closed) deed.mutate('ignore');
      },
    },
    { keys: 'n', label: 'Older occurrence', run: () => step(1) },
    { keys: 'p', label: 'Newer occurrence', run: () => step(-1) },
    {
      keys: 'm',
      label: 'Copy as Markdown',
      run: () => {
        copyAll();
        notice('Copied as Markdown');
      },
    },
  ]);

  return (
    <header className={styles.head}>
      <div>
        <div className={styles.crumbs}>
          <To to="/crashes">Crashes</To> <span className="dim">/ {group.service}</span>
        </div>
        <h2>{group.title}</h2>
        {group.message && !group.title.includes(group.message) && <p className={styles.message}>{group.message}</p>}
        <div className={styles.marks}>
          <CrashStateMark state={group.state} />
          <CrashClassMark name={record?.class ?? group.class} />
          <PriorityMark priority={group.severity} />
          {record?.crashLoop && (
            <Chip tone="fatal" title="One of several deaths in quick succession">
              Crash loop
            </Chip>
          )}
          {group.culprit && (
            <span className="mono" style={{ overflowWrap: 'anywhere' }}>
              {group.culprit}
            </span>
          )}
          <span>
            · last seen <When time={group.lastSeen} />
          </span>
        </div>
      </div>
      <div className={styles.actions}>
        {closed ? (
          <Button size="xs" loading={deed.isPending} onClick={() => deed.mutate('reopen')}>
            Reopen
          </Button>
        ) : (
          <>
            <Button
              size="xs"
              loading={deed.isPending && deed.variables === 'resolve'}
              onClick={() => deed.mutate('resolve')}
            >
              Resolve
            </Button>
            <Button
              size="xs"
              variant="default"
              loading={deed.isPending && deed.variables === 'ignore'}
              onClick={() => deed.mutate('ignore')}
            >
              Ignore
            </Button>
          </>
        )}
        {group.alertId !== undefined && group.alertId !== null && (
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              void navigate({
                to: '/alerts' as never,
                search: { ...carried(url), sel: String(group.alertId), status: 'ALL' } as never,
              })
            }
          >
            Alert
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name={copied ? 'check' : 'copy'} size={13} />}
          disabled={!record}
          onClick={copyAll}
        >
          {copied ? 'Copied' : 'Copy as Markdown'}
        </Button>
      </div>
    </header>
  );
}
