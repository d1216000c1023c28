using Microsoft.Extensions.Logging;
using TocsinSdk.Logging;

namespace TocsinSdk.BlackBox;

/// <summary>Copies log records into the black box, so that the last ones survive the process.</summary>
internal sealed class BlackBoxSink(BlackBoxWriter box, LogLevel least) : ILogSink
{
    public bool Takes(LogLevel level, string category) => level >= least;

    public void Write(LogEvent e)
    {
        if (e.Exception is { } exception)
        {
            var whole = new Utf8Text(512);
            whole.Append(e.Message);
            whole.Append($" ({exception.GetType().FullName}: {ExceptionJson.MessageOf(exception, e.Logger.Redactor)})");
            Keep(e, whole.Written);
        }
        else
            Keep(e, e.Message);
    }

    private void Keep(LogEvent e, ReadOnlySpan<byte> message) =>
        box.Log(Severity(e.Level), e.Category, message, e.TraceId == default ? default : e.Ids, e.UserId);

    // OpenTelemetry's severity numbers.
    private static byte Severity(LogLevel level) => (byte)((int)level * 4 + 1);
}
