import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ApiProblem } from '../../shared/api/client';
import type { LogEntry } from '../../shared/api/types';
import { useApiRange } from '../../shared/time/useTime';
import { useKeys } from '../../shared/ui/keys';
import { useUrl, type UrlState } from '../../shared/url';
import { narrowed, type Value } from './answer';
import { AnswerStatus } from './AnswerStatus';
import { useAnswer, useHistogram, useLogPages } from './api';
import { Explain } from './Explain';
import { Facets } from './Facets';
import { FieldList } from './FieldList';
import { LogPane } from './LogPane';
import styles from './Logs.module.css';
import { composed, filterOf, split } from './query';
import { QueryBar } from './QueryBar';
import { recordsOf } from './rows';
import { merged, Records } from './Records';
import { Result, useDisplay } from './Result';
import { Tools, type Tab } from './Tools';
import { useTail } from './useTail';
import { ViewsMenu } from './ViewsMenu';

const shownTab = (url: UrlState): Tab => (url.tab === 'patterns' || url.tab === 'fields' ? url.tab : 'main');

/** The log explorer: records without pipes, an answer with them, patterns and fields of what the words choose. */
export function LogsPage() {
  const [url, change] = useUrl();
  const range = useApiRange();
  const tab = shownTab(url);
  const piped = split(url.q ?? '').pipes !== '';
  const filter = filterOf(url);
  const q = composed(url);
  const asked = tab === 'main' && piped;
  const [scrolled, setScrolled] = useState(false);

  const pages = useLogPages(filter, range, tab === 'main' && !piped);
  const answerText = tab === 'patterns' ? `${filter || '*'} | patterns 100` : q;
  const answer = useAnswer(answerText, range, undefined, asked || tab === 'patterns');
  const problem = asked || tab === 'patterns' ? answer.error : tab === 'main' ? pages.error : undefined;
  const badQuery = problem instanceof ApiProblem && problem.status === 400 ? problem : undefined;
  const live = url.live === '1' && tab === 'main' && !piped;
  const histogram = useHistogram(filter, range, badQuery === undefined, live ? 10_000 : false);
  const tail = useTail(filter, live && badQuery === undefined, scrolled || url.sel !== undefined);
  const answered = useMemo(() => (asked && answer.data ? recordsOf(answer.data)?.rows : undefined) ?? none, [asked, answer.data]);
  const rows = piped ? answered : merged(tail.shown, pages.data?.pages.flatMap((page) => page.items) ?? []);
  const busy = pages.isFetching || answer.isFetching;
  const { display, options } = useDisplay(asked && !badQuery ? answer.data : undefined);
  const { run, onStop } = useRuns(busy);
  const pick = (field: string, value: Value) =>
    change({ q: narrowed(filterTyped(url), noShape, field, value), tab: undefined, view: undefined, sort: undefined });

  return (
    <div className={styles.page} data-open={url.sel !== undefined || undefined}>
      <Facets
        q={filter}
        range={range}
        totals={badQuery ? undefined : histogram.data?.totals}
        enabled={badQuery === undefined}
      />
      <div className={styles.main}>
        <QueryBar problem={badQuery} {...{ busy, range, onStop }} onRun={run}>
          <ViewsMenu />
        </QueryBar>
        <Tools
          {...{ tab, piped, options, display, range }}
          tailState={live ? tail.state : undefined}
          q={badQuery ? undefined : answerText}
        />
        {url.explain === '1' && !badQuery && <Explain q={tab === 'fields' ? filter : answerText} range={range} />}
        {tab === 'fields' ? (
          <FieldList filter={filter} range={range} onPick={pick} />
        ) : asked || tab === 'patterns' ? (
          <>
            <AnswerStatus answer={badQuery ? undefined : answer.data} busy={answer.isFetching} what={tab === 'patterns' ? 'pattern' : 'row'} />
            {badQuery ? <div className={styles.blank} /> : <Result found={answer} {...{ rows, onStop }} />}
          </>
        ) : (
          <Records
            {...{ pages, tail, rows }}
            histogram={histogram.data}
            bad={badQuery !== undefined}
            filtered={filter !== ''}
            onScrolled={setScrolled}
          />
        )}
      </div>
      {url.sel !== undefined && (
        <LogPane
          entry={rows.find((row) => row.id === url.sel)}
          pending={piped ? answer.isPending : pages.isPending}
          onClose={() => change({ sel: undefined })}
        />
      )}
    </div>
  );
}

const none: LogEntry[] = [];

const filterTyped = (url: UrlState) => split(url.q ?? '').filter;

const noShape = { keys: [], measures: [], time: -1, sorted: false, made: false };

/** Running anew what is shown, and stopping it. */
function useRuns(busy: boolean) {
  const [url, change] = useUrl();
  const queries = useQueryClient();
  const kinds = ['query', 'logs', 'logs-histogram', 'logs-fields'];
  const stop = () => kinds.forEach((kind) => void queries.cancelQueries({ queryKey: [kind] }));
  const run = (text: string) => {
    if (text === (url.q ?? '')) kinds.forEach((kind) => void queries.invalidateQueries({ queryKey: [kind] }));
    else
      change({
        q: text || undefined,
        sel: undefined,
        view: undefined,
        sort: undefined,
        tab: split(text).pipes ? undefined : url.tab,
      });
  };
  useKeys('Logs', [
    {
      keys: 'Escape',
      label: 'Stop the query, or close the record',
      run: () => (busy ? stop() : change({ sel: undefined })),
    },
  ]);
  return { run, onStop: stop };
}
