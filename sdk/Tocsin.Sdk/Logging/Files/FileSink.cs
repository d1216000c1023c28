using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace TocsinSdk.Logging.Files;

/// <summary>Log records into files by rule: all, errors, debugging, security, database.</summary>
internal sealed class FileSink : ILogSink
{
    private const byte All = 1, Errors = 2, Debugging = 4, Security = 8, Database = 16;
    private static readonly string[] s_security = ["security", "audit"];

    private readonly LogRing _ring;
    private readonly FileWriter _writer;
    private readonly DropCount _drops;
    private readonly LogOptions _options;
    private readonly byte _used;
    private readonly long[] _limits;

    /// <param name="options">Which files, and how large.</param>
    /// <param name="paths">One per rule in the order above; null for a rule that is off.</param>
    /// <param name="ring">Carries the lines to the writer.</param>
    /// <param name="clock">For rolling.</param>
    /// <param name="say">Takes what there is to tell a person.</param>
    public FileSink(LogOptions options, string?[] paths, LogRing ring, TimeProvider clock, Action<string> say)
    {
        (_options, _ring, _drops) = (options, ring, new DropCount(clock));
        for (var i = 0; i < paths.Length; i++)
            _used |= (byte)(paths[i] is null ? 0 : 1 << i);
        // The least severe must leave room for the others.
        long capacity = ring.Capacity;
        _limits = [capacity / 2, capacity / 2, capacity * 3 / 4, capacity * 7 / 8, capacity, capacity];
        var backups = new Backups(options);
        _writer = new FileWriter(ring,
            Array.ConvertAll(paths, path => new LogFile(path ?? paths[0]!, options, backups, clock)), _drops, say);
    }

    public long Dropped => _drops.Total;

    public bool Takes(LogLevel level, string category) => true;

    public bool Flush(TimeSpan deadline) => _writer.Flush(deadline);

    public void Write(LogEvent e)
    {
        var line = e.JsonLine;
        if (line.Length > _ring.Capacity / 8)
        {
            _drops.Count(e.Level, "too large");
            return;
        }
        var files = FilesOf(e);
        var limit = _options.BlockWhenFull ? _ring.Capacity : _limits[(int)e.Level];
        var wait = new SpinWait();
        while (true)
        {
            if (_ring.TryWrite(line, files, (byte)e.Level, limit, out var used))
            {
                _writer.Added(used > _ring.Capacity / 4);
                return;
            }
            _writer.Added(urgent: true);
            if (!_options.BlockWhenFull)
            {
                _drops.Count(e.Level, "queue full");
                return;
            }
            wait.SpinOnce();
        }
    }

    private byte FilesOf(LogEvent e)
    {
        var files = e.Logger.Files;
        if (files == 0)
            e.Logger.Files = files = (byte)(All | (IsOf(e.Category, s_security) ? Security : 0)
                | (IsOf(e.Category, _options.DatabaseCategories) ? Database : 0));
        if (e.Level >= LogLevel.Error)
            files |= Errors;
        else if (e.Level <= LogLevel.Debug && (_used & Debugging) != 0)
            files = (byte)(files & ~All | Debugging);
        return (byte)(files & _used);
    }

    private static bool IsOf(string category, IEnumerable<string> beginnings)
    {
        foreach (var beginning in beginnings)
            if (category.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)
                && (category.Length == beginning.Length || category[beginning.Length] == '.'))
                return true;
        return false;
    }
}
