using System.Text;
using Tocsin.Model.Events;
using Tocsin.Query.Records;

namespace Tocsin.Protocols.Elasticsearch;

/// <summary>The fields of the newest records and what Elasticsearch would call their types.</summary>
internal static class FieldTypes
{
    /// <summary>Records that are looked at, and fields that are named at most.</summary>
    private const int Records = 2000, Most = 2000;

    public static IEnumerable<(string Name, string Type)> Of(RecordSearch search, CancellationToken cancel)
    {
        var types = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["@timestamp"] = "date", ["timestamp"] = "date", ["level"] = "keyword", ["message"] = "text", ["service"] = "keyword",
            ["trace_id"] = "keyword", ["span_id"] = "keyword",
        };
        search.Find(Condition.All, [], null, 0, Records, (in EventRow row, Storage.Scan.RowId _, IReadOnlyList<Query.Cells.Cell> _) =>
        {
            Add(types, row.Fields);
            Add(types, new FieldReader(row.Stream));
        }, cancel);
        return types.Select(t => (t.Key, t.Value));
    }

    private static void Add(SortedDictionary<string, string> types, FieldReader fields)
    {
        while (fields.MoveNext())
        {
            if (fields.Name.StartsWith("@"u8) && !fields.Name.StartsWith("@@"u8))
                continue;
            string name = Encoding.UTF8.GetString(fields.Name.StartsWith("@@"u8) ? fields.Name[1..] : fields.Name);
            string? type = TypeOf(fields.Value);
            if (type is null || types.Count >= Most && !types.ContainsKey(name))
                continue;
            // A field of several types is asked as text.
            if (!types.TryAdd(name, type) && types[name] != type && types[name] is "long" or "double" or "boolean")
                types[name] = types[name] is "long" or "double" && type is "long" or "double" ? "double" : "keyword";
        }
    }

    private static string? TypeOf(FieldValue value)
    {
        switch (value.Kind)
        {
            case ValueKind.Int: return "long";
            case ValueKind.Double: return "double";
            case ValueKind.True or ValueKind.False: return "boolean";
            case ValueKind.Map: return "object";
            case ValueKind.Null: return null;
            case ValueKind.Array:
                ValueReader items = value.AsArray;
                return items.MoveNext() ? TypeOf(items.Value) : null;
            default: return "keyword";
        }
    }
}
