import type { IngestStatus } from '../../shared/api/types';

export interface Arrival {
  service: string;
  records: number;
  firstAt: string;
}

/**
 * What has come since the page was opened: the service that reported last, how many records it has sent since, and
 * when its first one came. Null while nothing new has.
 */
export function arrivalSince(before: IngestStatus, now: IngestStatus): Arrival | null {
  const known = new Map(before.sources.map((source) => [source.service, source]));
  const grown = now.sources
    .map((source) => ({
      source,
      records: source.records - (known.get(source.service)?.records ?? 0),
      isNew: !known.has(source.service),
    }))
    .filter((each) => each.records > 0)
    .sort((a, b) => Number(b.isNew) - Number(a.isNew) || b.source.lastSeen.localeCompare(a.source.lastSeen))[0];
  if (!grown) return null;
  return {
    service: grown.source.service,
    records: grown.records,
    firstAt: grown.isNew ? grown.source.firstSeen : grown.source.lastSeen,
  };
}

/** Reasons of what has been refused since, largest first. */
export function refusedSince(
  before: IngestStatus,
  now: IngestStatus,
): { protocol: string; reason: string; count: number }[] {
  const known = new Map(before.protocols.map((protocol) => [protocol.name, protocol.rejected]));
  return now.protocols
    .flatMap(({ name, rejected }) =>
      Object.entries(rejected).map(([reason, count]) => ({
        protocol: name,
        reason,
        count: count - (known.get(name)?.[reason] ?? 0),
      })),
    )
    .filter((each) => each.count > 0)
    .sort((a, b) => b.count - a.count);
}
