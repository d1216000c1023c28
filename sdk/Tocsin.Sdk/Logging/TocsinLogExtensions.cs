using TocsinSdk.Logging;

// The namespace of the type it extends, so that applications need no using of their own.
namespace Microsoft.Extensions.Logging;

/// <summary>
/// Records of the stable categories "security" and "audit", which have a file of their own (security.log).
/// </summary>
public static class TocsinLogExtensions
{
    /// <summary>The category of what attackers do: failed logins, refused access.</summary>
    public const string SecurityCategory = "security";

    /// <summary>The category of who did what: changed rights, exported data.</summary>
    public const string AuditCategory = "audit";

    /// <summary>The logger for security events.</summary>
    public static ILogger CreateSecurityLogger(this ILoggerFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return factory.CreateLogger(SecurityCategory);
    }

    /// <summary>The logger for audit events.</summary>
    public static ILogger CreateAuditLogger(this ILoggerFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return factory.CreateLogger(AuditCategory);
    }

    /// <summary>"Failed login attempt", a warning with the properties ip_address, username and reason.</summary>
    /// <param name="logger">Best the one of <see cref="CreateSecurityLogger"/>.</param>
    /// <param name="ipAddress">Where the attempt came from.</param>
    /// <param name="username">The name given; never the password.</param>
    /// <param name="reason">As "wrong password" or "locked"; null when it is not to be told.</param>
    public static void FailedLogin(this ILogger logger, string? ipAddress, string? username, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(logger);
        SecurityEvents.FailedLogin(logger, ipAddress, username, reason);
    }

    /// <summary>"Access denied", a warning with the properties ip_address, username and resource.</summary>
    public static void AccessDenied(this ILogger logger, string? ipAddress, string? username, string resource)
    {
        ArgumentNullException.ThrowIfNull(logger);
        SecurityEvents.AccessDenied(logger, ipAddress, username, resource);
    }

    /// <summary>Who did what to what: an information record with the properties username, action and resource.</summary>
    /// <param name="logger">Best the one of <see cref="CreateAuditLogger"/>.</param>
    /// <param name="username">Who did it.</param>
    /// <param name="action">What was done, in a word or two: "exported", "role changed".</param>
    /// <param name="resource">To what: "customers", "user 7".</param>
    public static void Audit(this ILogger logger, string username, string action, string resource)
    {
        ArgumentNullException.ThrowIfNull(logger);
        SecurityEvents.Audit(logger, username, action, resource);
    }
}
