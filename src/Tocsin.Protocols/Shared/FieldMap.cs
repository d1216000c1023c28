using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tocsin.Protocols.Shared;

/// <summary>
/// Which members of a line mean what. Names that the client gives are taken exactly, in its order; the names that are
/// tried otherwise are taken in any case.
/// </summary>
internal sealed class FieldMap
{
    public required FieldNames Time { get; init; }

    public required FieldNames Message { get; init; }

    public required FieldNames Level { get; init; }

    public required FieldNames Service { get; init; }

    public required FieldNames Host { get; init; }

    /// <summary>Members that become fields of the resource, under their own names.</summary>
    public required IReadOnlyList<byte[]> Stream { get; init; }

    /// <summary>Fields of the resource of every line.</summary>
    public required IReadOnlyList<(byte[] Name, byte[] Value)> Constants { get; init; }

    /// <summary>
    /// time, message, level, service, host and stream, each a list of names; resource.NAME=value. _time_field,
    /// _msg_field, _level_field and _stream_fields mean the same.
    /// </summary>
    public static FieldMap Read(IQueryCollection query) => new()
    {
        Time = Names(query, "time", "_time_field", "timestamp", "time", "ts", "@timestamp", "_time", "@t"),
        Message = Names(query, "message", "_msg_field", "message", "msg", "log", "_msg", "@m", "renderedmessage", "messagetemplate", "@mt"),
        Level = Names(query, "level", "_level_field", "level", "severity", "lvl", "log.level", "loglevel", "levelname", "@l"),
        Service = Names(query, "service", "", "service.name", "service", "service_name"),
        Host = Names(query, "host", "", "host.name", "host", "hostname"),
        Stream = [.. Split(query, "stream", "_stream_fields").Select(Encoding.UTF8.GetBytes)],
        Constants = ResourceConstants.Read(query),
    };

    private static FieldNames Names(IQueryCollection query, string key, string alias, params string[] otherwise)
    {
        string[] given = Split(query, key, alias);
        return given.Length > 0 ? new FieldNames(given, exact: true) : new FieldNames(otherwise, exact: false);
    }

    private static string[] Split(IQueryCollection query, string key, string alias)
    {
        string text = query.TryGetValue(key, out var values) || query.TryGetValue(alias, out values) ? values.ToString() : "";
        return text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
