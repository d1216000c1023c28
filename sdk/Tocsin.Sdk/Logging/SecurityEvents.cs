using Microsoft.Extensions.Logging;

namespace TocsinSdk.Logging;

internal static partial class SecurityEvents
{
    [LoggerMessage(4601, LogLevel.Warning, "Failed login attempt of {username} from {ip_address}: {reason}", EventName = "failed_login")]
    public static partial void FailedLogin(ILogger logger, string? ip_address, string? username, string? reason);

    [LoggerMessage(4602, LogLevel.Warning, "Access denied to {resource} for {username} from {ip_address}", EventName = "access_denied")]
    public static partial void AccessDenied(ILogger logger, string? ip_address, string? username, string resource);

    [LoggerMessage(4603, LogLevel.Information, "{username}: {action} {resource}", EventName = "audit")]
    public static partial void Audit(ILogger logger, string username, string action, string resource);
}
