using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Storage.Scan;

/// <summary>Puts some known rows together, each block being opened once. One thread.</summary>
/// <param name="ids">Each once; rows are visited in this order.</param>
/// <param name="badBlock">Told of each block that cannot be read.</param>
/// <param name="cancel">Looked at between blocks.</param>
internal sealed class RowFetch(IReadOnlyList<RowId> ids, Action<Exception> badBlock, CancellationToken cancel)
{
    private readonly Dictionary<RowId, (byte[] Row, byte[] Stream)> _found = [];
    private readonly RowId[] _newest = [.. ids.OrderDescending()];

    public ScanReport Run(List<ScanBlock> blocks, int segments, FieldNeeds? output, RowVisitor visit)
    {
        var read = new HashSet<object>();
        (long rows, long bytes, int bad) = (0, 0, 0);
        foreach (ScanBlock block in blocks)
        {
            cancel.ThrowIfCancellationRequested();
            RowId[] wanted = [.. _newest.Where(id => id.Time >= block.MinTime && id.Time <= block.MaxTime && !_found.ContainsKey(id))];
            if (wanted.Length == 0)
                continue;
            try
            {
                bytes += Fetch(block, wanted, output, out Exception? damage);
                if (damage is not null)
                {
                    bad++;
                    badBlock(block.Locate(damage));
                }
                rows += block.Rows;
                if (block.Segment is { } segment)
                    read.Add(segment);
            }
            catch (Exception error) when (error is IOException or InvalidDataException)
            {
                bad++;
                badBlock(block.Locate(error));
            }
        }
        foreach (RowId id in ids)
        {
            if (_found.TryGetValue(id, out (byte[] Row, byte[] Stream) row) && !visit(new EventRow(row.Row, row.Stream), id))
                break;
        }
        return new ScanReport(rows, bytes, read.Count, segments - read.Count, bad, bad > 0);
    }

    /// <summary>Returns the bytes read.</summary>
    private long Fetch(ScanBlock block, RowId[] wanted, FieldNeeds? output, out Exception? damage)
    {
        Instant end = wanted[0].Time.UnixNanos == long.MaxValue ? wanted[0].Time : new Instant(wanted[0].Time.UnixNanos + 1);
        using BlockMatches matches = block.Open(new BlockQuery(wanted[^1].Time, end, Predicate.All, false, null, output));
        int next = 0;
        for (int i = 0; i < matches.Count && next < wanted.Length; i++, matches.Advance())
        {
            RowId id = matches.Id;
            while (next < wanted.Length && wanted[next] > id)
                next++;
            if (next < wanted.Length && wanted[next] == id)
                _found.Add(id, (matches.Current.Encoded.ToArray(), matches.Current.Stream.ToArray()));
        }
        damage = matches.Damage;
        return matches.BytesRead;
    }
}
