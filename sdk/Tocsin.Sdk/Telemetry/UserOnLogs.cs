using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Logs;
using TocsinSdk.BlackBox;

namespace TocsinSdk.Telemetry;

/// <summary>Puts the activity's user.id on log records that do not name one; scopes are exported as they are.</summary>
internal sealed class UserOnLogs : BaseProcessor<LogRecord>
{
    private const string UserId = "user.id";

    public override void OnEnd(LogRecord data)
    {
        if (Surroundings.Find(UserId, Activity.Current, scopes: null) is not { } user)
            return;
        foreach (var attribute in data.Attributes ?? [])
            if (attribute.Key == UserId)
                return;
        data.Attributes = [.. data.Attributes ?? [], new(UserId, user)];
    }
}
