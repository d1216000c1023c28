using System.Reflection;
using Tocsin.Protocols.Syslog;

namespace Tocsin.Protocols.Tests.Syslog;

/// <summary>Bytes recorded from real senders on 2026-11-21 (Goldens/*.bin), and the records they become (*.rows).</summary>
public sealed class SyslogGoldenTests
{
    public static TheoryData<string> Recordings =>
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(n => n.StartsWith("syslog/", StringComparison.Ordinal) && n.EndsWith(".bin", StringComparison.Ordinal)).Order(),
    ];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_real_senders_bytes_become_these_records(string recording)
    {
        var at = new LogDecoding();
        at.Clock.Advance(new DateTimeOffset(2026, 11, 21, 11, 0, 0, TimeSpan.Zero) - at.Clock.GetUtcNow());
        byte[] bytes = Read(recording);
        IReadOnlyList<string> rows = at.Rows(
            (body, writer) =>
            {
                var record = new SyslogRecord([], TimeZoneInfo.Utc, writer);
                if (recording.Contains("udp"))
                {
                    record.Write(body, "10.0.0.9"u8);
                    return null;
                }
                using var frames = new SyslogFrames(1000);
                body.CopyTo(frames.Space().Span);
                frames.Advance(body.Length);
                while (frames.Next(out ReadOnlySpan<byte> message))
                    record.Write(message, "10.0.0.9"u8);
                frames.Last().Length.ShouldBe(0);
                return null;
            },
            bytes);
        string.Join('\n', rows).ShouldBe(System.Text.Encoding.UTF8.GetString(Read(recording.Replace(".bin", ".rows"))).TrimEnd());
    }

    private static byte[] Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name).ShouldNotBeNull(name);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
