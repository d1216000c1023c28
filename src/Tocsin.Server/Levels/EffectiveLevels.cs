using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tocsin.Server.Levels;

/// <summary>What one process is to take.</summary>
/// <param name="Levels">Ordered by category; one per category.</param>
public sealed record EffectiveLevels(IReadOnlyList<EffectiveLevel> Levels)
{
    /// <summary>A rule for the process's own environment beats one for all of them.</summary>
    /// <param name="rules">Rules of the service that hold now.</param>
    /// <param name="environment">The process's; null when it has none.</param>
    /// <param name="now">From when the remaining time counts.</param>
    /// <param name="tag">Stays the same as long as the same levels hold until the same times.</param>
    public static EffectiveLevels Of(IReadOnlyList<LevelRule> rules, string? environment, DateTimeOffset now, out string tag)
    {
        LevelRule[] mine =
        [
            .. rules.Where(r => r.Environment is null || string.Equals(r.Environment, environment, StringComparison.OrdinalIgnoreCase))
                .OrderBy(r => r.Environment is null)
                .DistinctBy(r => r.Category, StringComparer.OrdinalIgnoreCase)
                .OrderBy(r => r.Category, StringComparer.Ordinal),
        ];
        var text = new StringBuilder();
        foreach (LevelRule rule in mine)
            text.Append(CultureInfo.InvariantCulture, $"{rule.Category}\n{rule.Level}\n{rule.ExpiresAt?.ToUnixTimeMilliseconds()}\n");
        tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8))}\"";
        return new([.. mine.Select(r => new EffectiveLevel(
            r.Category, r.Level, r.ExpiresAt is { } end ? Math.Max(1, (long)(end - now).TotalMilliseconds) : null))]);
    }
}

/// <param name="Category">Beginning of the names of loggers, "Default" for all.</param>
/// <param name="Level">Trace, Debug, Information, Warning, Error, Critical or None.</param>
/// <param name="RemainingMs">
/// How long it still holds, in milliseconds; left out when it holds until it is cleared. A length and not a time, because
/// clocks differ.
/// </param>
public sealed record EffectiveLevel(string Category, string Level, long? RemainingMs);
