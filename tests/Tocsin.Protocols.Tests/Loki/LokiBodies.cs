using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tocsin.Protocols.Tests.Loki;

/// <summary>One entry of a push request; time 0 is none.</summary>
internal sealed record SomeEntry(long Nanos, string Line, (string Name, string Value)[] Metadata);

/// <summary>Writes push requests independently of the code under test.</summary>
internal static class LokiBodies
{
    public static byte[] Json((string Name, string Value)[] labels, params SomeEntry[] entries)
    {
        var stream = new JsonObject(labels.Select(l => KeyValuePair.Create(l.Name, (JsonNode?)l.Value)));
        var values = new JsonArray([.. entries.Select(e => new JsonArray(
            e.Nanos.ToString(), e.Line, new JsonObject(e.Metadata.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)m.Value)))))]);
        return JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject { ["streams"] = new JsonArray(new JsonObject { ["stream"] = stream, ["values"] = values }) });
    }

    public static byte[] Proto((string Name, string Value)[] labels, params SomeEntry[] entries) => Tocsin.Protocols.Tests.Proto.Nested(
        1, [Tocsin.Protocols.Tests.Proto.Text(1, Labels(labels)), .. entries.Select(Entry)]);

    private static byte[] Entry(SomeEntry e) => Tocsin.Protocols.Tests.Proto.Nested(
        2,
        [
            Tocsin.Protocols.Tests.Proto.Nested(1, Tocsin.Protocols.Tests.Proto.Varint(1, (ulong)(e.Nanos / 1_000_000_000)), Tocsin.Protocols.Tests.Proto.Varint(2, (ulong)(e.Nanos % 1_000_000_000))),
            Tocsin.Protocols.Tests.Proto.Text(2, e.Line),
            .. e.Metadata.Select(m => Tocsin.Protocols.Tests.Proto.Nested(3, Tocsin.Protocols.Tests.Proto.Text(1, m.Name), Tocsin.Protocols.Tests.Proto.Text(2, m.Value))),
        ]);

    private static string Labels((string Name, string Value)[] labels)
    {
        var text = new StringBuilder("{");
        foreach ((string name, string value) in labels)
        {
            text.Append(text.Length > 1 ? ", " : "").Append(name).Append("=\"");
            foreach (char c in value)
            {
                if (c is '"' or '\\')
                    text.Append('\\').Append(c);
                else if (c < ' ')
                    text.Append($"\\x{(int)c:x2}");
                else
                    text.Append(c);
            }
            text.Append('"');
        }
        return text.Append('}').ToString();
    }
}
