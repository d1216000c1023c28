using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TocsinSdk.Logging;

namespace TocsinSdk.Debugging;

/// <summary>
/// The last log records, for the page: kept within a number of bytes, and handed to whoever follows them live. A
/// follower that is too slow misses records and is told how many; it never holds up who logs. Any thread.
/// </summary>
internal sealed class LogRing(long maxBytes, ErrorGroups errors, SessionTable sessions) : ILogSink
{
    public const int MaxFollowers = 16, MaxWaiting = 1000;

    private const int MaxLine = 64 << 10, Overhead = 160;

    private readonly ByteRing<LogLine> _lines = new(maxBytes);
    private readonly long[] _counts = new long[(int)LogLevel.Critical + 1];
    private readonly Lock _following = new();
    private volatile Follower[] _followers = [];
    private long _last;

    public long Bytes => _lines.Bytes;

    /// <summary>Records seen of each level since the page was opened, TRACE first.</summary>
    public IReadOnlyList<long> Counts => _counts;

    public bool Takes(LogLevel level, string category) => level != LogLevel.None;

    public void Write(LogEvent e)
    {
        if (IsOwn(e))
            return;
        Interlocked.Increment(ref _counts[(int)e.Level]);
        var json = e.JsonLine;
        if (json.Length > MaxLine)
            return;
        var line = new LogLine(Interlocked.Increment(ref _last), e.Level,
            e.TraceId == default ? null : e.TraceId.ToHexString(), json[..^1].ToArray());
        _lines.Add(line, json.Length + Overhead);
        if (e.Level >= LogLevel.Error && !IsEcho(e))
            errors.Note(e, line);
        sessions.Note(e);
        foreach (var follower in _followers)
            follower.Offer(line);
    }

    /// <summary>The newest that match, oldest first.</summary>
    public List<LogLine> Find(LogFilter filter, int limit, long after = 0)
    {
        var all = _lines.All();
        var found = new List<LogLine>();
        for (var i = all.Length - 1; i >= 0 && found.Count < limit && all[i].Number > after; i--)
            if (filter.Matches(all[i]))
                found.Add(all[i]);
        found.Reverse();
        return found;
    }

    /// <summary>From now on; null when too many follow already. To be disposed.</summary>
    public Follower? Follow(LogFilter filter)
    {
        lock (_following)
        {
            if (_followers.Length >= MaxFollowers)
                return null;
            var follower = new Follower(this, filter);
            _followers = [.. _followers, follower];
            return follower;
        }
    }

    // Records of the page's own requests would drown those of the application.
    private static bool IsOwn(LogEvent e)
    {
        foreach (ref readonly var field in e.Fields)
            if (field.Key.Name is "RequestPath" or "Path" or "url.path" && e.TextOf(field) is var path
                && path.StartsWith("/debug"u8) && (path.Length == 6 || path[6] == (byte)'/'))
                return true;
        return false;
    }

    // The end of a request whose exception has had a record of its own.
    private static bool IsEcho(LogEvent e)
    {
        if (e.Exception is null && e.Category == RequestOptions.Category)
            foreach (ref readonly var field in e.Fields)
                if (field.Key.Name == "crash_id")
                    return true;
        return false;
    }

    /// <summary>Somebody who follows the records.</summary>
    internal sealed class Follower : IDisposable
    {
        private readonly LogRing _ring;
        private readonly LogFilter _filter;
        private readonly Channel<LogLine> _waiting;
        private long _missed;

        public Follower(LogRing ring, LogFilter filter)
        {
            (_ring, _filter) = (ring, filter);
            _waiting = Channel.CreateBounded<LogLine>(
                new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
                _ => Interlocked.Increment(ref _missed));
        }

        public ChannelReader<LogLine> Lines => _waiting.Reader;

        /// <summary>Records missed since the last time this was asked.</summary>
        public long TakeMissed() => Interlocked.Exchange(ref _missed, 0);

        public void Offer(LogLine line)
        {
            if (_filter.Matches(line))
                _waiting.Writer.TryWrite(line);
        }

        public void Dispose()
        {
            lock (_ring._following)
                _ring._followers = [.. _ring._followers.Where(f => f != this)];
        }
    }
}
