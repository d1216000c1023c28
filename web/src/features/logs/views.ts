import type * as Api from '../../shared/api/schema';
import type { UrlState } from '../../shared/url';
import { composed, filterOf } from './query';
import { columnsOf } from './rows';

/** A question that somebody has kept. */
export type SavedView = Api.SavedView;

/** What is kept of the screen. */
export type ViewState = Pick<SavedView, 'query' | 'from' | 'to' | 'columns' | 'display'>;

/** The screen as a view: what was clicked becomes part of the query. */
export function stateOf(url: UrlState, withRange: boolean): ViewState {
  return {
    query: url.tab === 'patterns' ? `${filterOf(url) || '*'} | patterns 100` : composed(url),
    from: withRange ? url.from : undefined,
    to: withRange ? url.to : undefined,
    columns: columnsOf(url.cols),
    display: url.tab === 'patterns' ? undefined : url.view,
  };
}

/** What the URL becomes when the view is opened. */
export function urlOf(view: SavedView): UrlState {
  return {
    q: view.query || undefined,
    ...(view.from || view.to ? { from: view.from, to: view.to } : {}),
    cols: view.columns.join(',') || undefined,
    view: view.display,
    saved: String(view.id),
    level: undefined,
    service: undefined,
    sel: undefined,
    sort: undefined,
    tab: undefined,
    live: undefined,
  };
}

/** Whether the screen shows something else than the view it was opened from. */
export function differs(url: UrlState, view: SavedView): boolean {
  const now = stateOf(url, view.from !== undefined || view.to !== undefined);
  return (
    now.query !== view.query ||
    now.from !== view.from ||
    now.to !== view.to ||
    now.display !== view.display ||
    now.columns.join() !== view.columns.join()
  );
}
