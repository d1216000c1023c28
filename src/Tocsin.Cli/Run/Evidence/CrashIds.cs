using System.Security.Cryptography;

namespace Tocsin.Cli.Run.Evidence;

/// <summary>Identities of crashes: readable, sortable by time, safe as file names.</summary>
internal static class CrashIds
{
    private const int MaxLength = 64;

    public static string New(DateTimeOffset at) =>
        $"CRASH-{at.UtcDateTime:yyyyMMddHHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    /// <summary>The id if it can be used as it is; it comes from a file that the program wrote while dying.</summary>
    public static string? Valid(string? id) =>
        id is { Length: > 0 and <= MaxLength } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? id
            : null;
}
