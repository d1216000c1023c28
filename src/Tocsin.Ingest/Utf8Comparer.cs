using System.Diagnostics.CodeAnalysis;

namespace Tocsin.Ingest;

/// <summary>
/// Compares names as UTF-8 bytes, so that a dictionary can be asked with a span and without allocation.
/// </summary>
internal sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly Utf8Comparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] name) => GetHashCode(name.AsSpan());

    public bool Equals(ReadOnlySpan<byte> span, byte[] name) => span.SequenceEqual(name);

    // HashCode is seeded per process, so a client cannot prepare colliding names.
    public int GetHashCode(ReadOnlySpan<byte> name)
    {
        var hash = new HashCode();
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    public byte[] Create(ReadOnlySpan<byte> name) => name.ToArray();
}
