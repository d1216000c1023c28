using Tocsin.Model;
using Tocsin.Model.Events;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Care;

/// <summary>How long rows are kept, and which segments have to go. Any thread.</summary>
internal sealed class Retention(DatabaseOptions options, TimeProvider clock)
{
    /// <summary>The class of a row that is sealed now; empty when it is in none.</summary>
    public string ClassOf(Dataset dataset, in EventRow row)
    {
        foreach (RetentionClass one in options.Classes)
        {
            if ((one.Dataset is null || one.Dataset == dataset) && one.Where.Matches(row))
                return one.Name;
        }
        return "";
    }

    /// <summary>The oldest day whose rows are kept.</summary>
    /// <param name="retentionClass">A class that is not configured any more counts as none.</param>
    public DateOnly FirstDay(Dataset dataset, string retentionClass)
    {
        TimeSpan keep = Find(retentionClass)?.Keep
            ?? (dataset == Dataset.Spans ? options.SpanRetention : options.LogRetention);
        DateTimeOffset now = clock.GetUtcNow();
        return keep >= now - DateTimeOffset.UnixEpoch
            ? DateOnly.MinValue.AddDays(1)
            : Days.Of(Instant.From(now - keep));
    }

    /// <summary>Segments whose last row is too old.</summary>
    public List<SegmentFile> TooOld(IReadOnlyList<SegmentFile> segments) =>
        [.. segments.Where(s => s.Footer.Day < FirstDay(s.Footer.Dataset, s.Class()))];

    /// <summary>The oldest segments of every class, dataset, and of all, beyond what these may take.</summary>
    public HashSet<SegmentFile> TooMuch(IReadOnlyList<SegmentFile> segments)
    {
        var gone = new HashSet<SegmentFile>();
        List<SegmentFile> oldest =
            [.. segments.OrderBy(s => s.Footer.Day).ThenBy(s => s.Footer.FromSequence).ThenBy(s => s.Id)];
        foreach (RetentionClass one in options.Classes)
            Shrink(s => s.Class() == one.Name, one.MaxBytes);
        Shrink(s => s.Footer.Dataset != Dataset.Spans, options.MaxLogBytes);
        Shrink(s => s.Footer.Dataset == Dataset.Spans, options.MaxSpanBytes);
        Shrink(_ => true, options.MaxBytes);
        return gone;

        void Shrink(Func<SegmentFile, bool> among, long most)
        {
            if (most == long.MaxValue)
                return;
            List<SegmentFile> held = oldest.FindAll(s => among(s) && !gone.Contains(s));
            long bytes = held.Sum(s => s.Length);
            for (int i = 0; bytes > most && i < held.Count; i++)
            {
                gone.Add(held[i]);
                bytes -= held[i].Length;
            }
        }
    }

    private RetentionClass? Find(string name) => name.Length == 0 ? null : options.Classes.FirstOrDefault(c => c.Name == name);
}

/// <summary>Where a segment lies says to which class its rows belong.</summary>
internal static class SegmentClasses
{
    /// <summary>Empty for rows in no class.</summary>
    public static string Class(this SegmentFile segment)
    {
        string above = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(segment.Path)!)!);
        return above == FileNames.Folder(segment.Footer.Dataset) ? "" : above;
    }

    public static ManifestEntry Entry(this SegmentFile segment) =>
        new(segment.Id, segment.Footer.Dataset, segment.Footer.Day, segment.Class());
}
