using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Storage;

/// <summary>
/// What the store needs to know of a batch; reading it proves that every byte of the batch can be decoded.
/// </summary>
internal readonly record struct BatchShape(Dataset Dataset, int Rows, Instant MinTime, Instant MaxTime)
{
    /// <summary>Throws <see cref="InvalidDataException"/> when any part is malformed or nests too deep.</summary>
    public static BatchShape Read(ReadOnlySpan<byte> batch)
    {
        var reader = new EventBatchReader(batch);
        long min = long.MaxValue, max = long.MinValue;
        int rows = 0;
        ReadOnlySpan<byte> stream = default;
        while (reader.MoveNext())
        {
            EventRow row = reader.Row;
            if (row.Stream != stream)
            {
                stream = row.Stream;
                CheckFields(stream, 0);
            }
            CheckFields(row.EncodedFields, 0);
            min = Math.Min(min, row.Time.UnixNanos);
            max = Math.Max(max, row.Time.UnixNanos);
            rows++;
        }
        return rows == reader.RowCount
            ? new BatchShape(reader.Dataset, rows, new Instant(min), new Instant(max))
            : throw new InvalidDataException($"the batch says {reader.RowCount} rows and holds {rows}");
    }

    /// <summary>
    /// Throws <see cref="InvalidDataException"/> when an array or map inside is malformed or nests too deep.
    /// </summary>
    public static void CheckValue(FieldValue value) => CheckNested(value, 0);

    /// <summary>As <see cref="CheckValue"/>, for encoded fields.</summary>
    public static void CheckFields(ReadOnlySpan<byte> encoded) => CheckFields(encoded, 0);

    private static void CheckFields(ReadOnlySpan<byte> encoded, int depth)
    {
        var fields = new FieldReader(encoded);
        while (fields.MoveNext(out _, out ReadOnlySpan<byte> value))
        {
            if ((ValueKind)value[0] is ValueKind.Array or ValueKind.Map)
                CheckNested(FieldValue.Read(ref value), depth);
        }
    }

    private static void CheckNested(FieldValue value, int depth)
    {
        if (value.Kind is not (ValueKind.Array or ValueKind.Map))
            return;
        if (depth == Limits.ValueDepth)
            throw new InvalidDataException($"values nest deeper than {Limits.ValueDepth}");
        if (value.Kind == ValueKind.Map)
        {
            CheckFields(value.Payload, depth + 1);
            return;
        }
        ValueReader items = value.AsArray;
        while (items.MoveNext())
            CheckNested(items.Value, depth + 1);
    }
}
