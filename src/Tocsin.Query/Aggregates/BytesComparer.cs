using System.Diagnostics.CodeAnalysis;

namespace Tocsin.Query.Aggregates;

/// <summary>Compares bytes by content, also with bytes that lie elsewhere.</summary>
internal sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public bool Equals(byte[]? a, byte[]? b) => a.AsSpan().SequenceEqual(b);

    public int GetHashCode([DisallowNull] byte[] bytes) => GetHashCode(bytes.AsSpan());

    public bool Equals(ReadOnlySpan<byte> a, byte[] b) => a.SequenceEqual(b);

    public int GetHashCode(ReadOnlySpan<byte> bytes) => (int)TextHash.Of(bytes);

    public byte[] Create(ReadOnlySpan<byte> bytes) => bytes.ToArray();
}
