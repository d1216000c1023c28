using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TocsinSdk.Logging.Files;

namespace TocsinSdk.Logging.Terminal;

/// <summary>
/// Log records on standard output, written by a thread of its own: a console that does not keep up costs records, which
/// are counted, and never the application's time.
/// </summary>
internal sealed class ConsoleSink : ILogSink
{
    private const int MaxWaiting = 1 << 20, Keep = 64 << 10;

    [ThreadStatic]
    private static Utf8Text? t_line;

    private readonly Stream _out;
    private readonly bool _json, _colour;
    private readonly DropCount _drops;
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _wake = new(false);
    private Utf8Text _waiting = new(4096), _writing = new(4096);
    private volatile bool _busy, _broken;

    public ConsoleSink(Stream output, bool json, bool colour, TimeProvider clock)
    {
        (_out, _json, _colour, _drops) = (output, json, colour, new DropCount(clock));
        new Thread(Run, 256 << 10) { IsBackground = true, Name = "Tocsin console" }.UnsafeStart();
    }

    /// <summary>What the options ask for; null for none.</summary>
    public static ConsoleSink? Of(LogOptions options, bool development, bool hosted, TimeProvider clock)
    {
        var format = options.Console is ConsoleFormat.Auto
            ? !hosted ? ConsoleFormat.None : development ? ConsoleFormat.Text : ConsoleFormat.Json
            : options.Console;
        var colour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return format == ConsoleFormat.None
            ? null : new ConsoleSink(Console.OpenStandardOutput(), format == ConsoleFormat.Json, colour, clock);
    }

    public bool Takes(LogLevel level, string category) => true;

    public void Write(LogEvent e)
    {
        if (_broken)
            return;
        var line = _json ? e.JsonLine : TextOf(e);
        bool wake;
        lock (_lock)
        {
            // The least severe must leave room for the others.
            var limit = e.Level >= LogLevel.Error ? MaxWaiting : e.Level >= LogLevel.Information ? MaxWaiting * 3 / 4 : MaxWaiting / 2;
            if (_waiting.Length + line.Length > limit)
            {
                _drops.Count(e.Level, "console");
                return;
            }
            wake = _waiting.Length == 0;
            _waiting.Append(line);
        }
        if (wake)
            _wake.Set();
    }

    /// <summary>Waits until everything is written; false when time is up first.</summary>
    public bool Flush(TimeSpan deadline)
    {
        var clock = Stopwatch.StartNew();
        while (IsBusy() && !_broken)
        {
            if (clock.Elapsed >= deadline)
                return false;
            Thread.Sleep(1);
        }
        return true;
    }

    private bool IsBusy()
    {
        lock (_lock)
            return _busy || _waiting.Length > 0;
    }

    private ReadOnlySpan<byte> TextOf(LogEvent e)
    {
        var line = t_line ??= new Utf8Text(512);
        line.Clear(Keep);
        TextLine.Write(e, line, _colour);
        return line.Written;
    }

    private void Run()
    {
        while (!_broken)
        {
            _wake.WaitOne();
            lock (_lock)
            {
                (_waiting, _writing) = (_writing, _waiting);
                _busy = true;
            }
            try
            {
                _out.Write(_writing.Written);
                _out.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or NotSupportedException)
            {
                // Nobody reads any more.
                _broken = true;
            }
            _writing.Clear(Keep);
            _busy = false;
        }
    }
}
