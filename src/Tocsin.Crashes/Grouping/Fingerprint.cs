using System.Security.Cryptography;
using System.Text;

namespace Tocsin.Crashes.Grouping;

/// <summary>What makes two crashes the same trouble, and why. Stored with the group and shown.</summary>
public sealed record Fingerprint
{
    /// <summary>Grows when the rules change, so that old groups keep the name they were given.</summary>
    public const string Algorithm = "tocsin:1";

    /// <summary>Algorithm and hash, for example "tocsin:1:9f86d081884c7d659a2feaa0c55ad015".</summary>
    public required string Key { get; init; }

    /// <summary>Which rule decided, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What went into the hash, in order.</summary>
    public required IReadOnlyList<string> Parts { get; init; }

    /// <summary>The application's method nearest to the crash.</summary>
    public string? Culprit { get; init; }

    /// <summary>The exception's type, or a name for a death without one.</summary>
    public required string Type { get; init; }
    public required string Message { get; init; }
    public required string Title { get; init; }

    internal static string Hash(IReadOnlyList<string> parts)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        return $"{Algorithm}:{Convert.ToHexStringLower(hash.AsSpan(0, 16))}";
    }
}
