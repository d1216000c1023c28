import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { Histogram, LogPage, TopValues } from '../../shared/api/types';
import type { TimeRange } from '../../shared/time/range';

const pageSize = 200;
const mostPages = 100;

export function useLogPages(q: string, range: TimeRange) {
  return useInfiniteQuery({
    queryKey: ['logs', q, range],
    queryFn: ({ pageParam, signal }) =>
      get<LogPage>('/logs', { q, ...range, limit: pageSize, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    // At most 20,000 rows are held; other times are reached through the histogram.
    getNextPageParam: (page, pages) => (pages.length >= mostPages ? undefined : (page.next ?? undefined)),
    placeholderData: keepPreviousData,
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
