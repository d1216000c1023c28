import { useMemo } from 'react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { apiRoot } from '../../shared/api/base';
import { get, query } from '../../shared/api/client';
import type { Histogram, LogPage, TopValues } from '../../shared/api/types';
import type { TimeRange } from '../../shared/time/range';
import type { QueryAnswer } from './answer';
import { fieldsOf, fieldsQuery } from './fieldFacts';

const pageSize = 200;
const mostPages = 100;

export function useLogPages(q: string, range: TimeRange, enabled = true) {
  return useInfiniteQuery({
    queryKey: ['logs', q, range],
    queryFn: ({ pageParam, signal }) =>
      get<LogPage>('/logs', { q, ...range, limit: pageSize, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    // At most 20,000 rows are held; other times are reached through the histogram.
    getNextPageParam: (page, pages) => (pages.length >= mostPages ? undefined : (page.next ?? undefined)),
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function useHistogram(q: string, range: TimeRange, enabled: boolean, refetchInterval: number | false) {
  return useQuery({
    queryKey: ['logs-histogram', q, range],
    queryFn: ({ signal }) => get<Histogram>('/logs/histogram', { q, ...range, buckets: 90 }, signal),
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval,
  });
}

export function useTopValues(field: string, q: string, range: TimeRange, enabled: boolean) {
  return useQuery({
    queryKey: ['logs-fields', field, q, range],
    queryFn: ({ signal }) => get<TopValues>('/logs/fields', { q, ...range, field }, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** Rows of a table; more are for the export. */
export const mostRows = 10_000;

/** Filter and pipes, answered as a table. */
export function useAnswer(q: string, range: TimeRange, limit = mostRows, enabled = true) {
  return useQuery({
    queryKey: ['query', q, range, limit],
    queryFn: ({ signal }) => get<QueryAnswer>('/query', { q, ...range, limit }, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

export interface Explanation {
  query: string;
  text: string;
}

export function useExplanation(q: string, range: TimeRange, enabled: boolean) {
  return useQuery({
    queryKey: ['explain', q, range],
    queryFn: ({ signal }) => get<Explanation>('/query', { q, ...range, explain: 'true' }, signal),
    enabled,
  });
}

/** Where all rows of a query come from, one by one. */
export function exportAddress(q: string, range: TimeRange, format: 'ndjson' | 'csv'): string {
  return `${apiRoot}/query${query({ q, ...range, format })}`;
}

/** Names of the fields that the newest records of the filter have. */
export function useFieldNames(filter: string, range: TimeRange, enabled: boolean): string[] {
  const found = useQuery({
    queryKey: ['query', fieldsQuery(filter), range, mostRows],
    queryFn: ({ signal }) => get<QueryAnswer>('/query', { q: fieldsQuery(filter), ...range, limit: mostRows }, signal),
    placeholderData: keepPreviousData,
    enabled,
    staleTime: 5 * 60_000,
  });
  return useMemo(() => (found.data ? fieldsOf(found.data).map(({ name }) => name) : []), [found.data]);
}
