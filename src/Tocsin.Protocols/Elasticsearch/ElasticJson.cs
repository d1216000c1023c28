using System.Globalization;
using System.Text.Json;

namespace Tocsin.Protocols.Elasticsearch;

/// <summary>A value of a request and where it stands, so that whatever is wrong with it can be named.</summary>
/// <param name="Path">For people: query.bool.must[0].</param>
internal readonly record struct ElasticJson(JsonElement Value, string Path)
{
    public bool IsObject => Value.ValueKind == JsonValueKind.Object;

    public bool IsArray => Value.ValueKind == JsonValueKind.Array;

    public bool IsNull => Value.ValueKind == JsonValueKind.Null;

    public bool IsText => Value.ValueKind == JsonValueKind.String;

    public bool IsBool => Value.ValueKind is JsonValueKind.True or JsonValueKind.False;

    public bool IsNumber => Value.ValueKind == JsonValueKind.Number;

    public ElasticException Wrong(string expected) =>
        ElasticException.Parsing($"[{Path}] expects {expected}, found {Shown}");

    public ElasticException Unknown(string name, string what) =>
        ElasticException.Parsing($"[{Path}] does not support {what} [{name}]");

    public IEnumerable<(string Name, ElasticJson Value)> Members()
    {
        if (!IsObject)
            throw Wrong("an object");
        return Enumerate(Value, Path);

        static IEnumerable<(string, ElasticJson)> Enumerate(JsonElement value, string path)
        {
            foreach (JsonProperty member in value.EnumerateObject())
                yield return (member.Name, new ElasticJson(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}"));
        }
    }

    /// <summary>The items of a list; a single value is a list of one.</summary>
    public IEnumerable<ElasticJson> Items()
    {
        if (!IsArray)
            return [this];
        return Enumerate(Value, Path);

        static IEnumerable<ElasticJson> Enumerate(JsonElement value, string path)
        {
            int i = 0;
            foreach (JsonElement item in value.EnumerateArray())
                yield return new ElasticJson(item, $"{path}[{i++}]");
        }
    }

    /// <summary>The only member of an object, such as the one query of a clause.</summary>
    public (string Name, ElasticJson Value) Single(string what)
    {
        (string Name, ElasticJson Value)? only = null;
        foreach ((string Name, ElasticJson Value) member in Members())
            only = only is null ? member : throw Wrong($"one {what} only");
        return only ?? throw Wrong($"one {what}");
    }

    public ElasticJson? Member(string name) =>
        IsObject && Value.TryGetProperty(name, out JsonElement value)
            ? new ElasticJson(value, Path.Length == 0 ? name : $"{Path}.{name}")
            : null;

    public string Text() => IsText ? Value.GetString()! : throw Wrong("text");

    /// <summary>Text, number or truth value, as text.</summary>
    public string Scalar() => Value.ValueKind switch
    {
        JsonValueKind.String => Value.GetString()!,
        JsonValueKind.Number => Value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw Wrong("text, a number, true or false"),
    };

    public bool Bool() => Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when Value.ValueEquals("true") => true,
        JsonValueKind.String when Value.ValueEquals("false") => false,
        _ => throw Wrong("true or false"),
    };

    public int Int(int least, int most)
    {
        if ((IsNumber && Value.TryGetInt32(out int number)
                || IsText && int.TryParse(Value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            && number >= least && number <= most)
            return number;
        throw Wrong($"a whole number from {least} to {most}");
    }

    public double Double()
    {
        if ((IsNumber && Value.TryGetDouble(out double number)
                || IsText && double.TryParse(Value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number))
            && double.IsFinite(number))
            return number;
        throw Wrong("a number");
    }

    private string Shown
    {
        get
        {
            string raw = Value.GetRawText();
            return raw.Length <= 60 ? raw : raw[..60] + "…";
        }
    }
}
