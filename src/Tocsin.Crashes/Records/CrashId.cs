using System.Globalization;
using System.Security.Cryptography;

namespace Tocsin.Crashes.Records;

/// <summary>Names crashes that Tocsin itself sees first.</summary>
internal static class CrashId
{
    public static string New(DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture,
            $"CRASH-{time.UtcDateTime:yyyyMMddHHmmss}-{RandomNumberGenerator.GetHexString(12, lowercase: true)}");
}
