using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TocsinSdk.AspNetCore.Requests;

/// <summary>Who may raise the log level of a request with X-Tocsin-Debug.</summary>
internal static class DebugPermit
{
    public const string Header = "X-Tocsin-Debug";
    private static readonly TimeSpan s_goodFor = TimeSpan.FromMinutes(5);

    /// <param name="value">What the header holds; null when it is missing.</param>
    /// <param name="secret">The secret of the options; null when there is none.</param>
    /// <param name="development">Whether the application runs in Development.</param>
    /// <param name="clock">For the age of signed values.</param>
    public static bool Allows(string? value, string? secret, bool development, TimeProvider clock)
    {
        if (string.IsNullOrEmpty(value))
            return false;
        if (secret is { Length: > 0 } && (Equal(value, secret) || IsSigned(value, secret, clock.GetUtcNow())))
            return true;
        return development && value is not "0" && !value.Equals("false", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsSigned(string value, string secret, DateTimeOffset now)
    {
        var dot = value.IndexOf('.');
        if (dot < 1 || !long.TryParse(value.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || Math.Abs((double)now.ToUnixTimeSeconds() - at) > s_goodFor.TotalSeconds)
            return false;
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(value[..dot]));
        return Equal(value[(dot + 1)..].ToLowerInvariant(), Convert.ToHexString(signature).ToLowerInvariant());
    }

    private static bool Equal(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
