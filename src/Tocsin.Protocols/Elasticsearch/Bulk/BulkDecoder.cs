using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tocsin.Ingest;
using Tocsin.Protocols.Elasticsearch.Queries;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Elasticsearch.Bulk;

/// <summary>What became of one document.</summary>
/// <param name="Action">create or index; or what is not supported.</param>
/// <param name="ErrorType">Null when it is stored.</param>
internal readonly record struct BulkItem(string Action, string Index, string Id, int Status, string? ErrorType, string? Reason);

/// <summary>
/// Decodes pairs of lines, an action and a document. A bad document is an item that says so; an action that cannot be read
/// refuses the whole, since what follows it cannot be told apart. One per request.
/// </summary>
/// <param name="index">For actions that name none.</param>
internal sealed class BulkDecoder(string index)
{
    private static readonly FieldMap s_map = FieldMap.Read(new QueryCollection());

    private readonly LineErrors _errors = new();
    private JsonLine? _document;
    private string? _documentIndex;

    public List<BulkItem> Items { get; } = [];

    public string? Decode(ReadOnlySpan<byte> body, IngestWriter writer)
    {
        var lines = new Lines(body);
        while (lines.Next())
        {
            if (ReadAction(lines.Current) is not { } action)
                return $"Malformed action/metadata line [{lines.Number}], expected {{\"index\":{{}}}} or {{\"create\":{{}}}}";
            if (action.Name == "delete")
            {
                Refuse(action, writer);
                continue;
            }
            if (!lines.Next())
                return $"The bulk request must have a document behind the action of line [{lines.Number}]";
            if (action.Name == "update")
                Refuse(action, writer);
            else
                Store(action, lines.Current, lines.Number, writer);
        }
        return null;
    }

    /// <summary>A document without an action.</summary>
    public string? DecodeOne(ReadOnlySpan<byte> body, IngestWriter writer)
    {
        Store(new BulkAction("index", index, null), body.Trim(" \t\r\n"u8), 1, writer);
        return null;
    }

    private void Store(BulkAction action, ReadOnlySpan<byte> document, int line, IngestWriter writer)
    {
        int before = writer.Rows;
        if (document.IsEmpty)
            _errors.Malformed(line, "no document", writer);
        else
            Document(action.Index, writer).Decode(document, line);
        string id = action.Id ?? Guid.NewGuid().ToString("N");
        Items.Add(writer.Rows > before
            ? new BulkItem(action.Name, action.Index, id, StatusCodes.Status201Created, null, null)
            : new BulkItem(action.Name, action.Index, id, StatusCodes.Status400BadRequest, "document_parsing_exception", Why(line, writer)));
    }

    // The name of the index becomes a field of the resource; a new resource begins when it changes.
    private JsonLine Document(string name, IngestWriter writer)
    {
        if (_document is null || _documentIndex != name)
        {
            (byte[], byte[])[] constants = name.Length == 0 ? [] : [(Encoding.UTF8.GetBytes(ElasticField.Index), Encoding.UTF8.GetBytes(name))];
            _document = new JsonLine(s_map, new LineStream(constants, writer), _errors, writer);
            _documentIndex = name;
        }
        return _document;
    }

    private void Refuse(BulkAction action, IngestWriter writer)
    {
        writer.Reject(RejectReason.Malformed);
        Items.Add(new BulkItem(action.Name, action.Index, action.Id ?? "", StatusCodes.Status400BadRequest, "illegal_argument_exception",
            $"[{action.Name}] is not supported: what is stored stays as it is"));
    }

    // Only the first errors are kept in words.
    private string Why(int line, IngestWriter writer) =>
        _errors.First.Where(e => e.Line == line).Select(e => e.Why).FirstOrDefault() ?? writer.LastReject.Label();

    private BulkAction? ReadAction(ReadOnlySpan<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject || !json.Read() || json.TokenType != JsonTokenType.PropertyName)
                return null;
            string? name = Name(ref json);
            if (name is null || !json.Read() || json.TokenType != JsonTokenType.StartObject)
                return null;
            string target = index;
            string? id = null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                bool isIndex = json.ValueTextEquals("_index"u8), isId = json.ValueTextEquals("_id"u8);
                json.Read();
                if (json.TokenType == JsonTokenType.String && isIndex)
                    target = Text(ref json);
                else if (json.TokenType is JsonTokenType.String or JsonTokenType.Number && isId)
                    id = Text(ref json);
                json.Skip();
            }
            return json.Read() && json.TokenType == JsonTokenType.EndObject && !json.Read() ? new BulkAction(name, target, id) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Name(ref Utf8JsonReader json) => json.ValueTextEquals("create"u8) ? "create"
        : json.ValueTextEquals("index"u8) ? "index"
        : json.ValueTextEquals("update"u8) ? "update"
        : json.ValueTextEquals("delete"u8) ? "delete"
        : null;

    private static string Text(ref Utf8JsonReader json) =>
        Encoding.UTF8.GetString(json.ValueIsEscaped ? JsonReading.Unescape(json.ValueSpan) : json.ValueSpan);

    private readonly record struct BulkAction(string Name, string Index, string? Id);
}
