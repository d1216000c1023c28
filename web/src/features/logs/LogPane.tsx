import { ActionIcon } from '@mantine/core';
import { useState } from 'react';
import type { LogEntry } from '../../shared/api/types';
import { epochOf, isoWithOffset } from '../../shared/time/format';
import { useZone } from '../../shared/time/useTime';
import { CopyIcon } from '../../shared/ui/Copy';
import { Icon } from '../../shared/ui/Icon';
import { LevelMark } from '../../shared/ui/Marks';
import { EmptyFiltered, Loading } from '../../shared/ui/StateBlock';
import { To } from '../../shared/ui/To';
import { useUrl } from '../../shared/url';
import { Around } from './Around';
import styles from './Logs.module.css';
import { fieldIs, withTerm } from './query';
import { columnsOf, withColumn } from './rows';

const around = 60_000;

export function LogPane({ entry, pending, onClose }: { entry?: LogEntry; pending: boolean; onClose: () => void }) {
  const [part, setPart] = useState<'fields' | 'around' | 'json'>('fields');
  return (
    <aside className={styles.pane} aria-label="Log record">
      <div className={styles.paneBar}>
        {parts.map(([value, label]) => (
          <button key={value} type="button" aria-pressed={part === value} onClick={() => setPart(value)}>
            {label}
          </button>
        ))}
        <span className="grow" />
        {entry && <CopyIcon text={JSON.stringify(entry, null, 2)} label="Copy as JSON" />}
        <ActionIcon variant="subtle" color="gray" aria-label="Close the record" onClick={onClose}>
          <Icon name="close" />
        </ActionIcon>
      </div>
      {entry ? (
        part === 'around' ? (
          <Around key={entry.id} entry={entry} />
        ) : part === 'json' ? (
          <pre className={styles.json} tabIndex={0} role="region" aria-label="JSON">
            {JSON.stringify(entry, null, 2)}
          </pre>
        ) : (
          <Fields entry={entry} />
        )
      ) : pending ? (
        <Loading what="the record" />
      ) : (
        <EmptyFiltered what="loaded records">
          The record of this link is not among the rows loaded. Scroll on, or widen the time range.
        </EmptyFiltered>
      )}
    </aside>
  );
}

const parts = [
  ['fields', 'Fields'],
  ['around', '20 before and after'],
  ['json', 'JSON'],
] as const;

function Fields({ entry }: { entry: LogEntry }) {
  const zone = useZone();
  const at = epochOf(entry.time);
  const attributes = Object.entries(entry.attributes ?? {});
  const resource = Object.entries(entry.resource ?? {});
  // Only our own SDK asks for levels; there the scope is the logger's category.
  const scope = entry.resource?.['@scope.name'];
  const category = entry.resource?.['telemetry.distro.name'] === 'tocsin' && typeof scope === 'string' ? scope : undefined;
  return (
    <div className={styles.paneBody}>
      <p className={styles.meta}>
        <LevelMark level={entry.level} /> {isoWithOffset(at, zone)}
      </p>
      <div className={styles.whole}>
        <pre tabIndex={0} role="region" aria-label="Message">
          {entry.body}
        </pre>
        <CopyIcon text={entry.body} label="Copy the message" />
      </div>
      <div className={styles.links}>
        {entry.traceId && (
          <To to="/traces/$traceId" params={{ traceId: entry.traceId }} search={{ span: entry.spanId }}>
            Open the trace
          </To>
        )}
        {entry.traceId && (
          <To to="/logs" search={{ q: `trace_id:${entry.traceId}` }}>
            Logs of the trace
          </To>
        )}
        <To
          to="/logs"
          search={{ service: entry.service, from: String(at - around), to: String(at + around), sel: entry.id }}
        >
          Around it (± 1 min)
        </To>
        {category && (
          <To to="/levels" search={{ service: entry.service, category }}>
            Change its log level
          </To>
        )}
      </div>
      <FieldTable
        title="Record"
        fields={[
          ['service', entry.service],
          ...(entry.traceId ? [['trace_id', entry.traceId] as [string, unknown]] : []),
          ...(entry.spanId ? [['span_id', entry.spanId] as [string, unknown]] : []),
        ]}
      />
      {attributes.length > 0 && <FieldTable title="Attributes" fields={attributes} />}
      {resource.length > 0 && <FieldTable title="Resource" fields={resource} />}
    </div>
  );
}

function FieldTable({ title, fields }: { title: string; fields: [string, unknown][] }) {
  const [url, change] = useUrl();
  const narrow = (name: string, text: string, negated: boolean) =>
    change({ q: withTerm(url.q ?? '', fieldIs(name, text), negated), sel: undefined });
  return (
    <>
      <h3>{title}</h3>
      <ul className={styles.fields}>
        {fields.map(([name, value]) => {
          const text = typeof value === 'string' ? value : JSON.stringify(value);
          const plain = value === null || typeof value !== 'object';
          return (
            <li key={name}>
              <span className={styles.fieldName}>{name}</span>
              <span className={styles.fieldValue}>{text}</span>
              <span className={styles.fieldActions}>
                {plain && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="xs"
                    aria-label={`Only ${name} ${text}`}
                    title="Only this value"
                    onClick={() => narrow(name, text, false)}
                  >
                    <Icon name="filterIn" size={13} />
                  </ActionIcon>
                )}
                {plain && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="xs"
                    aria-label={`Without ${name} ${text}`}
                    title="Without this value"
                    onClick={() => narrow(name, text, true)}
                  >
                    <Icon name="filterOut" size={13} />
                  </ActionIcon>
                )}
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="xs"
                  aria-label={`Column ${name}`}
                  aria-pressed={columnsOf(url.cols).includes(name)}
                  title="Show it in every row, or no longer"
                  onClick={() => change({ cols: withColumn(url.cols, name) })}
                >
                  <Icon name="columns" size={13} />
                </ActionIcon>
                <CopyIcon text={text} label={`Copy ${name}`} size="xs" />
              </span>
            </li>
          );
        })}
      </ul>
    </>
  );
}
