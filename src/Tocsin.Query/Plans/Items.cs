using System.Collections;
using System.Runtime.CompilerServices;

namespace Tocsin.Query.Plans;

/// <summary>
/// An immutable list that is equal to another with equal items, so that records holding it compare by value.
/// </summary>
[CollectionBuilder(typeof(Items), nameof(Items.Of))]
public sealed class Items<T>(T[] items) : IReadOnlyList<T>, IEquatable<Items<T>>
{
    public int Count => items.Length;

    public T this[int index] => items[index];

    public bool Equals(Items<T>? other) => other is not null && items.AsSpan().SequenceEqual(other.Span);

    public override bool Equals(object? obj) => Equals(obj as Items<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (T item in items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();

    private ReadOnlySpan<T> Span => items;
}

/// <summary>Makes lists of plan nodes.</summary>
public static class Items
{
    public static Items<T> Of<T>(ReadOnlySpan<T> items) => new(items.ToArray());
}
