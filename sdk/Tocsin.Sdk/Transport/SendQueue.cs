namespace TocsinSdk.Transport;

/// <summary>
/// What waits to be sent, oldest first in each lane, bounded in bytes on disk and in memory. A full queue gives up the
/// oldest of the least severe; what is not less severe than the newcomer stays, and the newcomer is counted instead.
/// Any thread may append; it never waits for the sender, only for another append.
/// </summary>
internal sealed class SendQueue(
    TransportOptions options, SpoolFolder folder, byte[] resource, Drops drops, TimeProvider clock)
{
    public const int SegmentSize = 1 << 20;

    /// <summary>One frame may not be larger.</summary>
    public const int MaxFrame = 16 << 20;

    private const int MaxSpares = 3, MaxMapped = 12;

    private readonly Lock _lock = new();
    private readonly List<Segment>[] _lanes = [[], [], [], [], [], []];
    private readonly Stack<Segment> _spares = new();
    private long _diskBytes, _memoryBytes;
    private bool _closed;

    /// <summary>Told, outside the lock, when something should be sent before the interval is over.</summary>
    public Action Urgent { get; set; } = static () => { };

    public long Bytes => Interlocked.Read(ref _diskBytes) + Interlocked.Read(ref _memoryBytes);

    public bool IsOnDisk => folder.IsOnDisk;

    public string? Problem => folder.Problem;

    public bool IsEmpty => WaitingItems == 0;

    /// <summary>Items that have not been delivered.</summary>
    public long WaitingItems
    {
        get
        {
            lock (_lock)
            {
                long items = 0;
                foreach (var lane in _lanes)
                    foreach (var segment in lane)
                        items += segment.Waiting;
                return items;
            }
        }
    }

    public void Append(Lane lane, FrameKind kind, int items, ReadOnlySpan<byte> scope, ReadOnlySpan<byte> body)
    {
        if (body.Length > MaxFrame)
        {
            drops.Count(lane.Signal(), DropReason.TooLarge, items);
            return;
        }
        bool urgent;
        lock (_lock)
        {
            var segment = Open(lane);
            var rolled = segment is null || !segment.TryAppend(kind, items, scope, body);
            if (rolled && ((segment = Roll(lane, SegmentFormat.FrameSize(scope.Length, body.Length))) is null
                || !segment.TryAppend(kind, items, scope, body)))
            {
                drops.Count(lane.Signal(), DropReason.QueueFull, items);
                return;
            }
            var first = segment!.Waiting == items;
            if (first)
                segment.Since = clock.GetUtcNow();
            urgent = first && lane == Lane.Error || rolled;
        }
        if (urgent)
            Urgent();
    }

    /// <summary>
    /// The oldest segment of a lane with something to send; it stays until <see cref="Return"/>. A segment that still
    /// takes records is given only when its first one has waited since <paramref name="due"/>. Null when there is none.
    /// </summary>
    public Segment? Lease(Lane lane, DateTimeOffset due)
    {
        lock (_lock)
        {
            foreach (var segment in _lanes[(int)lane])
            {
                if (segment.IsSent || (!segment.Sealed && segment.Since > due))
                    continue;
                if (segment.TryMapAgain())
                {
                    segment.Lease();
                    return segment;
                }
                GiveUp(segment, DropReason.Damaged);
                break;
            }
            return null;
        }
    }

    /// <summary>Gives back a leased segment, with everything below <paramref name="sent"/> delivered or given up.</summary>
    public void Return(Segment segment, int sent, long items)
    {
        lock (_lock)
        {
            segment.Return(sent, items);
            // Frames that could not be read any more.
            if (segment.IsSent && segment.Waiting > 0)
            {
                drops.Count(segment.Head.Lane.Signal(), DropReason.Damaged, segment.Waiting);
                segment.Return(sent, segment.Waiting);
            }
            segment.Since = clock.GetUtcNow();
            if (segment.Sealed && segment.IsSent)
                Retire(segment);
        }
    }

    /// <summary>
    /// Drops what has waited longer than it may; a segment is as old as its first record, so none stays open for long.
    /// </summary>
    public void Expire()
    {
        var now = clock.GetUtcNow();
        var (oldest, oldestOpen) = (now - options.SpoolAge, now - options.SpoolAge / 8);
        lock (_lock)
            foreach (var lane in _lanes)
                for (var i = lane.Count - 1; i >= 0; i--)
                    if (lane[i] is not { Leased: false } segment)
                        continue;
                    else if (segment.Head.Created < oldest)
                        GiveUp(segment, DropReason.Expired);
                    else if (!segment.Sealed && segment.Head.Created < oldestOpen)
                        Seal(segment);
    }

    /// <summary>Takes the segments of dead processes in, before those of this one.</summary>
    public void Adopt()
    {
        List<AdoptedFolder> orphans;
        lock (_lock)
            orphans = folder.Orphans(atMost: 64);
        foreach (var orphan in orphans)
        {
            foreach (var path in orphan.Files())
                Adopt(path, orphan);
            if (orphan.Left == 0)
                orphan.Remove();
        }
    }

    /// <summary>
    /// The end: files with something left stay for the next start; what waits in memory is lost, and counted.
    /// </summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _closed = true;
            var left = 0;
            foreach (var lane in _lanes)
                foreach (var segment in lane)
                    if (segment.Waiting > 0 && segment.Path is not null)
                        left += segment.Origin is null ? 1 : 0;
                    else
                        drops.Count(segment.Head.Lane.Signal(), DropReason.Shutdown, segment.Waiting);
            folder.Leave(left == 0);
        }
    }

    /// <summary>Has a file ready, so that whoever fills the present one need not make the next. The sender's thread.</summary>
    public void KeepSpare()
    {
        lock (_lock)
            if (_spares.Count > 0 || _diskBytes == 0 || _closed || _diskBytes > options.SpoolBytes / 2)
                return;
        if (folder.TryMake(SegmentSize) is not { } made)
            return;
        lock (_lock)
        {
            Interlocked.Add(ref _diskBytes, made.Capacity);
            _spares.Push(made);
        }
    }

    private Segment? Open(Lane lane) =>
        _lanes[(int)lane] is [.., { Sealed: false } last] ? last : null;

    private Segment? Roll(Lane lane, int frame)
    {
        if (Open(lane) is { } full)
            Seal(full);
        if (_closed)
            return null;
        var size = Math.Max(SegmentSize, SegmentFormat.Aligned(SegmentFormat.HeadSize + resource.Length + 8 + frame));
        if (Take(lane, size) is not { } fresh)
            return null;
        fresh.Begin(lane, clock.GetUtcNow(), lane.Signal() == Signal.Logs ? resource : []);
        _lanes[(int)lane].Add(fresh);
        return fresh;
    }

    private Segment? Take(Lane lane, int size)
    {
        if (size == SegmentSize && _spares.TryPop(out var spare))
            return spare;
        if (folder.IsUsable)
        {
            // A full spool is full: memory stands in only where there is no disk.
            if (!MakeRoom(lane, size, onDisk: true))
                return null;
            if (folder.TryMake(size) is { } made)
            {
                Interlocked.Add(ref _diskBytes, size);
                return made;
            }
        }
        if (!MakeRoom(lane, size, onDisk: false) || Segment.TryInMemory(size) is not { } memory)
            return null;
        Interlocked.Add(ref _memoryBytes, size);
        return memory;
    }

    // An eighth is the errors' own.
    private bool MakeRoom(Lane lane, int size, bool onDisk)
    {
        var cap = onDisk ? options.SpoolBytes : options.MemoryBytes;
        if (lane != Lane.Error)
            cap -= cap / 8;
        while ((onDisk ? _diskBytes : _memoryBytes) + size > cap)
        {
            if (Victim(lane, onDisk) is not { } victim)
                return false;
            GiveUp(victim, DropReason.QueueFull);
        }
        return true;
    }

    private Segment? Victim(Lane newcomer, bool onDisk)
    {
        for (var lane = 0; lane <= (int)newcomer; lane++)
            foreach (var segment in _lanes[lane])
                if (!segment.Leased && segment.Path is not null == onDisk)
                    return segment;
        return null;
    }

    private void GiveUp(Segment segment, DropReason reason)
    {
        drops.Count(segment.Head.Lane.Signal(), reason, segment.Waiting);
        Retire(segment, keep: false);
    }

    private void Seal(Segment segment)
    {
        segment.Sealed = true;
        if (segment.IsSent && !segment.Leased)
            Retire(segment);
        else if (_lanes.Sum(static l => l.Count(static s => s.IsMapped)) > MaxMapped && !segment.Leased)
            segment.Unmap();
    }

    private void Retire(Segment segment, bool keep = true)
    {
        _lanes[(int)segment.Head.Lane].Remove(segment);
        if (keep && segment is { IsMapped: true, Origin: null, Capacity: SegmentSize } && _spares.Count < MaxSpares
            && segment.Path is not null == folder.IsOnDisk && !_closed)
        {
            segment.Clear();
            _spares.Push(segment);
            return;
        }
        if (segment.Path is null)
            Interlocked.Add(ref _memoryBytes, -segment.Capacity);
        else
            Interlocked.Add(ref _diskBytes, -segment.Capacity);
        segment.Delete();
        if (segment.Origin is { } origin && --origin.Left == 0)
            origin.Remove();
    }

    private void Adopt(string path, AdoptedFolder origin)
    {
        try
        {
            if (Segment.Adopt(path, origin, out var damaged) is { } segment)
            {
                lock (_lock)
                {
                    drops.Count(segment.Head.Lane.Signal(), DropReason.Damaged, damaged);
                    origin.Left++;
                    Interlocked.Add(ref _diskBytes, segment.Capacity);
                    _lanes[(int)segment.Head.Lane].Insert(0, segment);
                }
                return;
            }
            drops.Count(Signal.Logs, DropReason.Damaged, damaged);
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Left where it is; the next start tries again.
            origin.Left++;
        }
    }
}
