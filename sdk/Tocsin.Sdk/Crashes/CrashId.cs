using System.Globalization;
using System.Security.Cryptography;

namespace TocsinSdk.Crashes;

/// <summary>"CRASH-yyyyMMddHHmmss-" and twelve hex digits: readable in a mail, unique enough for one server.</summary>
internal static class CrashId
{
    public static string New(DateTimeOffset time) => Of(time, RandomNumberGenerator.GetHexString(12, lowercase: true));

    public static string Of(DateTimeOffset time, string hex) =>
        string.Create(CultureInfo.InvariantCulture, $"CRASH-{time.UtcDateTime:yyyyMMddHHmmss}-{hex}");
}
