using TocsinSdk.Logging;

namespace TocsinSdk.Transport;

/// <summary>
/// Tells the server what it will never get: a WARN log record of the logger "Tocsin.Sdk" with the event name
/// "tocsin.sdk.dropped" and one count per signal and reason, such as tocsin.sdk.dropped.logs.queue_full.
/// </summary>
internal static class ClientReport
{
    public const string EventName = "tocsin.sdk.dropped";

    public static void Write(Utf8Text to, DropReport report, DateTimeOffset now)
    {
        var time = (ulong)now.ToUnixTimeMilliseconds() * 1_000_000;
        to.Long(OtlpLog.Time, time);
        to.Number(OtlpLog.SeverityNumber, 13);
        to.Field(OtlpLog.SeverityText, "Warning"u8);
        OtlpLog.Body(to, Text(report));
        foreach (var (signal, reason, items) in report.Lines)
            OtlpLog.Attribute(to, $"{EventName}.{signal.Name()}.{Drops.NameOf(reason)}", items);
        to.Long(OtlpLog.ObservedTime, time);
        to.Field(OtlpLog.EventName, "tocsin.sdk.dropped"u8);
    }

    private static string Text(DropReport report) => "Telemetry was dropped: " + string.Join(", ",
        report.Lines.Select(static l => $"{l.Items} {l.Signal.Name()} ({Drops.NameOf(l.Reason)})"));
}
