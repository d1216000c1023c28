import { Menu } from '@mantine/core';
import type { StreamState } from '../../shared/api/events';
import type { TimeRange } from '../../shared/time/range';
import { Icon } from '../../shared/ui/Icon';
import { useUrl } from '../../shared/url';
import type { Display } from './answer';
import { exportAddress } from './api';
import styles from './Logs.module.css';

export type Tab = 'main' | 'patterns' | 'fields';

/** What is shown of the query, and the tools that go with it. */
export function Tools({
  tab,
  piped,
  options,
  display,
  tailState,
  q,
  range,
}: {
  tab: Tab;
  piped: boolean;
  options: Display[];
  display: Display;
  tailState?: StreamState;
  q?: string;
  range: TimeRange;
}) {
  const [url, change] = useUrl();
  const tabs: [Tab, string][] = [
    ['main', piped ? 'Result' : 'Records'],
    ['patterns', 'Patterns'],
    ['fields', 'Fields'],
  ];
  return (
    <div className={styles.tools}>
      <div className={styles.tabs} role="tablist" aria-label="What is shown">
        {tabs.map(([value, label]) => (
          <button
            key={value}
            type="button"
            role="tab"
            aria-selected={tab === value}
            onClick={() => change({ tab: value === 'main' ? undefined : value, sel: undefined, live: undefined })}
          >
            {label}
          </button>
        ))}
      </div>
      <span className={styles.toolsRight}>
        {tab === 'main' && piped && options.length > 1 && (
          <span className={styles.displays} role="group" aria-label="Show as">
            {options.map((option) => (
              <button key={option} type="button" aria-pressed={display === option} onClick={() => change({ view: option }, true)}>
                {displayWords[option]}
              </button>
            ))}
          </span>
        )}
        {tab === 'main' && !piped && <RecordTools tailState={tailState} />}
        <button
          type="button"
          className={styles.toggle}
          aria-pressed={url.explain === '1'}
          title="How the server answers the query"
          onClick={() => change({ explain: url.explain === '1' ? undefined : '1' }, true)}
        >
          Explain
        </button>
        <Export q={q} range={range} />
      </span>
    </div>
  );
}

const displayWords: Record<Display, string> = {
  records: 'Records',
  table: 'Table',
  bar: 'Bars',
  area: 'Area',
  line: 'Lines',
  bars: 'Bars',
  patterns: 'Patterns',
};

function RecordTools({ tailState }: { tailState?: StreamState }) {
  const [url, change] = useUrl();
  const live = url.live === '1';
  return (
    <>
      <button
        type="button"
        className={styles.toggle}
        aria-pressed={url.wrap === '1'}
        onClick={() => change({ wrap: url.wrap === '1' ? undefined : '1' })}
      >
        Wrap
      </button>
      <button
        type="button"
        className={styles.toggle}
        aria-pressed={live}
        data-state={tailState}
        onClick={() => change(live ? { live: undefined } : { live: '1', from: undefined, to: undefined, sel: undefined })}
      >
        <Icon name={live ? 'pause' : 'play'} size={12} />
        {live ? tailWords[tailState ?? 'connecting'] : 'Live tail'}
      </button>
    </>
  );
}

const tailWords: Record<StreamState, string> = {
  open: 'Live',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting…',
  closed: 'Live',
};

/** All rows of the query, however many; they stream from the server. */
function Export({ q, range }: { q?: string; range: TimeRange }) {
  const name = `tocsin-${new Date().toISOString().slice(0, 16).replaceAll(':', '')}`;
  return (
    <Menu position="bottom-end" width={250} withInitialFocusPlaceholder={false} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button type="button" className={styles.toggle} disabled={q === undefined} aria-label="Export">
          <Icon name="out" size={13} /> <span className={styles.long}>Export</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Every row of this query</Menu.Label>
        <Menu.Item component="a" href={exportAddress(q ?? '', range, 'csv')} download={`${name}.csv`}>
          CSV, for spreadsheets
        </Menu.Item>
        <Menu.Item component="a" href={exportAddress(q ?? '', range, 'ndjson')} download={`${name}.ndjson`}>
          NDJSON, one row per line
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
