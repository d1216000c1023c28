using System.Text;
using Tocsin.Testing;
using TocsinSdk.Tests.Support;
using TocsinSdk.Transport;

namespace TocsinSdk.Tests.Transport;

/// <summary>A queue in a folder of its own, with a clock that stands still.</summary>
internal sealed class Queues : IDisposable
{
    private readonly TempFolder _temp = new();

    public FakeClock Clock { get; } = new();
    public List<string> Said { get; } = [];
    public string Spool => Path.Combine(_temp.Path, "spool");

    /// <param name="name">Of the process.</param>
    /// <param name="drops">Where it counts.</param>
    /// <param name="bytes">Cap on disk.</param>
    /// <param name="memory">Cap in memory.</param>
    /// <param name="spool">Null for the folder of this test.</param>
    public SendQueue Of(string name, Drops drops, long bytes = 256 << 20, long memory = 32 << 20, string? spool = null) =>
        new(new TransportOptions { SpoolBytes = bytes, MemoryBytes = memory },
            new SpoolFolder(spool ?? Spool, name, Clock, Said.Add), Resource, drops, Clock);

    public static byte[] Resource => [0x0a, 0x00];

    public static void Log(SendQueue queue, Lane lane, string text, int padding = 0) =>
        queue.Append(lane, FrameKind.LogRecord, 1, "Shop"u8, [.. Encoding.UTF8.GetBytes(text), .. new byte[padding]]);

    /// <summary>The texts of what waits in a lane, oldest first; all of it is taken.</summary>
    public static List<string> Drain(SendQueue queue, Lane lane)
    {
        var texts = new List<string>();
        while (queue.Lease(lane, DateTimeOffset.MaxValue) is { } segment)
        {
            var (at, items, damaged) = (segment.Sent, 0, 0);
            while (SegmentFormat.TryReadFrame(segment.Bytes, at, out var frame, ref damaged))
            {
                texts.Add(Encoding.UTF8.GetString(frame.Body).TrimEnd('\0'));
                (at, items) = (frame.End, items + frame.Items);
            }
            queue.Return(segment, at, items);
        }
        return texts;
    }

    public void Dispose() => _temp.Dispose();
}
