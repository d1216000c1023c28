using Tocsin.Model.Metrics;
using Tocsin.Storage.Io;
using Tocsin.Storage.Segment;

namespace Tocsin.Storage.Care;

/// <summary>
/// Reads all segments again and again, so slowly that nobody notices, and compares them with their checksums: damage is to be
/// found while a backup still has what was there. <see cref="Step"/> belongs to one thread; the rest to any.
/// </summary>
internal sealed class Scrubber
{
    /// <summary>More is not remembered; where there is so much damage, the disk is the matter.</summary>
    private const int MostPlaces = 100;

    /// <summary>When a scan has met damage, its place is wanted soon.</summary>
    private const double HurriedBytesPerSecond = 32 << 20;

    /// <summary>A step after a long pause does not make up for all of it.</summary>
    private static readonly TimeSpan s_longestStep = TimeSpan.FromMinutes(1);

    private readonly DatabaseOptions _options;
    private readonly IFileSystem _files;
    private readonly TimeProvider _clock;
    private readonly LiveSet _live;
    private readonly Counter _bytes, _blocks, _passes, _found;
    private readonly Lock _lock = new();
    private readonly List<Damage> _damage = [];
    private volatile bool _hurry;
    private double _lastPass;

    // Owned by the thread that steps.
    private long _steppedAt;
    private double _budget;
    private ulong _segment;
    private int _block;

    public Scrubber(DatabaseOptions options, IFileSystem files, TimeProvider clock, MetricSet metrics, LiveSet live)
    {
        (_options, _files, _clock, _live) = (options, files, clock, live);
        _steppedAt = clock.GetTimestamp();
        _bytes = metrics.Counter("tocsin_storage_scrub_bytes_total", "Bytes of segments compared with their checksums in the background.");
        _blocks = metrics.Counter("tocsin_storage_scrub_blocks_total", "Blocks of segments compared with their checksums in the background.");
        _passes = metrics.Counter("tocsin_storage_scrub_passes_total", "Times that all segments were gone through.");
        _found = metrics.Counter("tocsin_storage_scrub_damage_total", "Damaged places found in the background, each once.");
        metrics.Gauge("tocsin_storage_scrub_last_pass_timestamp_seconds", "When all segments had been gone through; 0: not since the start.",
            () => Volatile.Read(ref _lastPass));
        metrics.Gauge("tocsin_storage_damaged_places", "Damaged places known in segments that are in use.", () => Damage.Count);
    }

    /// <summary>Each place once. Gone with the segment, or when the bytes are right again.</summary>
    public IReadOnlyList<Damage> Damage
    {
        get
        {
            lock (_lock)
                return [.. _damage];
        }
    }

    public long Passes => _passes.Value;

    /// <summary>Somebody has met damage: finds out where, in one fast pass.</summary>
    public void Hurry() => _hurry = true;

    /// <summary>Goes on for as many bytes as the time since the last call allows.</summary>
    public void Step(CancellationToken cancel)
    {
        TimeSpan elapsed = _clock.GetElapsedTime(_steppedAt);
        _steppedAt = _clock.GetTimestamp();
        if (_options.ScrubPass <= TimeSpan.Zero)
            return;
        Snapshot snapshot = _live.Acquire();
        try
        {
            List<SegmentFile> segments = [.. snapshot.Segments.OrderBy(s => s.Id)];
            Forget(segments);
            double rate = _hurry ? HurriedBytesPerSecond : segments.Sum(s => s.Length) / _options.ScrubPass.TotalSeconds;
            _budget = Math.Min(_budget, 0) + rate * Math.Min(elapsed.TotalSeconds, s_longestStep.TotalSeconds);
            while (_budget > 0 && segments.Count > 0 && !cancel.IsCancellationRequested)
                Next(segments);
        }
        finally
        {
            snapshot.Release();
        }
    }

    private void Next(List<SegmentFile> segments)
    {
        SegmentFile? segment = segments.Find(s => s.Id >= _segment);
        if (segment is null)
        {
            EndPass();
            return;
        }
        if (segment.Id != _segment)
            (_segment, _block) = (segment.Id, 0);
        if (_block == segment.Footer.Blocks.Count)
        {
            (_segment, _block) = (segment.Id + 1, 0);
            return;
        }
        Check(segment, segment.Footer.Blocks[_block++]);
    }

    private void EndPass()
    {
        (_segment, _block) = (0, 0);
        // The next pass begins with the next step at the earliest.
        _budget = Math.Min(_budget, 0);
        _hurry = false;
        _passes.Add();
        Volatile.Write(ref _lastPass, _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
    }

    private void Check(SegmentFile segment, BlockHeader block)
    {
        string path = Name(segment);
        var found = new List<Damage>();
        try
        {
            using IFile file = _files.OpenRead(segment.Path);
            if (_block == 1)
                SegmentFooter.Read(file);
            SegmentCheck.Block(file, block, (offset, problem) => found.Add(new Damage(path, offset, problem)));
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            found.Add(new Damage(path, block.Offset, error.Message));
        }
        // Readers trust columns that were sound once; now they look again.
        if (found.Count > 0)
            segment.Cache.Drop(segment);
        _budget -= block.Length;
        _bytes.Add(block.Length);
        _blocks.Add();
        Remember(path, block, found);
    }

    private void Remember(string path, BlockHeader block, List<Damage> found)
    {
        lock (_lock)
        {
            _found.Add(found.Count(f => !_damage.Contains(f)));
            _damage.RemoveAll(d => d.File == path && d.Offset >= block.Offset && d.Offset < block.Offset + block.Length);
            _damage.AddRange(found.Take(MostPlaces - _damage.Count));
        }
    }

    private void Forget(List<SegmentFile> segments)
    {
        lock (_lock)
        {
            if (_damage.Count == 0)
                return;
            HashSet<string> live = [.. segments.Select(Name)];
            _damage.RemoveAll(d => !live.Contains(d.File));
        }
    }

    private string Name(SegmentFile segment) => Path.GetRelativePath(_options.Directory, segment.Path);
}
