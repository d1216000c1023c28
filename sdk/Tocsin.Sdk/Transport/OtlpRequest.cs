using TocsinSdk.Logging;

namespace TocsinSdk.Transport;

/// <summary>
/// Whole export requests. All three signals have the same shape: field 1 repeats a group of one resource, whose field 2
/// repeats a group of one scope, whose field 2 repeats the items (for metrics a level deeper, which is left alone).
/// </summary>
internal static class OtlpRequest
{
    private const int Width = 5;

    public static int Items(ReadOnlySpan<byte> request)
    {
        var count = 0;
        var groups = new ProtoFields(request);
        while (groups.Next())
        {
            if (groups is not { Field: 1, Type: Proto.Bytes })
                continue;
            var scopes = new ProtoFields(groups.Content);
            while (scopes.Next())
            {
                if (scopes is not { Field: 2, Type: Proto.Bytes })
                    continue;
                var items = new ProtoFields(scopes.Content);
                while (items.Next())
                    count += items is { Field: 2, Type: Proto.Bytes } ? 1 : 0;
            }
        }
        return count;
    }

    /// <summary>Items <paramref name="from"/> to <paramref name="to"/> (excluded) as a request of their own.</summary>
    public static byte[] Part(ReadOnlySpan<byte> request, int from, int to)
    {
        var result = new Utf8Text(request.Length + 64);
        var at = 0;
        var groups = new ProtoFields(request);
        while (groups.Next())
        {
            if (groups is not { Field: 1, Type: Proto.Bytes })
                continue;
            var (start, before) = (result.Length, at);
            var length = result.Begin(1, Width);
            Group(groups.Content, from, to, ref at, result);
            result.Patch(length, Width);
            if (!Overlaps(before, at, from, to))
                result.Truncate(start);
        }
        return result.Written.ToArray();
    }

    private static void Group(ReadOnlySpan<byte> group, int from, int to, ref int at, Utf8Text result)
    {
        var fields = new ProtoFields(group);
        while (fields.Next())
        {
            if (fields is not { Field: 2, Type: Proto.Bytes })
            {
                result.Append(fields.Whole);
                continue;
            }
            var (start, before) = (result.Length, at);
            var length = result.Begin(2, Width);
            var items = new ProtoFields(fields.Content);
            while (items.Next())
                if (items is not { Field: 2, Type: Proto.Bytes } || (at++ is var i && i >= from && i < to))
                    result.Append(items.Whole);
            result.Patch(length, Width);
            if (!Overlaps(before, at, from, to))
                result.Truncate(start);
        }
    }

    private static bool Overlaps(int begin, int end, int from, int to) => begin < to && end > from;
}
