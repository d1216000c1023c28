import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/**
 * Everything that decides what a screen shows lives in the URL, as plain strings. One flat list for all screens, so that
 * a link keeps the range and the zone when it leads elsewhere. Unknown parameters are kept.
 */
export interface UrlState {
  from?: string;
  to?: string;
  tz?: string;
  q?: string;
  sel?: string;
  live?: string;
  status?: string;
  priority?: string;
  service?: string;
  category?: string;
  class?: string;
  state?: string;
  sort?: string;
  level?: string;
  wrap?: string;
  tab?: string;
  span?: string;
  /** How an answer is shown: table, bar, area, line, bars, patterns. */
  view?: string;
  /** "1": with the plan of the query. */
  explain?: string;
  /** Further fields of log records, parted by commas. */
  cols?: string;
  /** The id of the saved view that is open. */
  saved?: string;
}

export function parseSearch(text: string): UrlState {
  const state: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) state[name] = value;
  return state;
}

export function writeSearch(state: Record<string, unknown>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(state))
    if (value !== undefined && value !== null && value !== '') pairs.set(name, String(value));
  const text = pairs.toString();
  return text && `?${text}`;
}

/** What is carried along to another screen. */
export function carried(state: UrlState): UrlState {
  return { from: state.from, to: state.to, tz: state.tz };
}

export function useUrl(): [UrlState, (change: UrlState, replace?: boolean) => void] {
  const state = useSearch({ strict: false }) as UrlState;
  const navigate = useNavigate();
  const change = useCallback(
    (part: UrlState, replace = false) =>
      void navigate({ to: '.', search: ((before: UrlState) => ({ ...before, ...part })) as never, replace }),
    [navigate],
  );
  return [state, change];
}
