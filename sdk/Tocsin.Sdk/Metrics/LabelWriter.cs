using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OpenTelemetry;

namespace TocsinSdk.Metrics;

/// <summary>Writes attributes as labels, <c>name="value",name="value"</c>. One thread at a time.</summary>
internal sealed class LabelWriter
{
    private const int MaxNames = 10_000, MaxLabels = 64;

    // NUL ends the input of Prometheus' own parser.
    private static readonly SearchValues<char> s_special = SearchValues.Create("\\\"\n\0");

    private readonly Dictionary<string, byte[]> _byAttribute = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _byLabel = new(StringComparer.Ordinal);
    private readonly byte[][] _seen = new byte[MaxLabels][];

    /// <summary>Appends the attributes; the result says whether the series stands for all that found no place.</summary>
    public bool Write(Utf8Buffer to, ReadOnlyTagCollection attributes)
    {
        var (start, count, overflow) = (to.Length, 0, false);
        foreach (var (key, value) in attributes)
        {
            var name = Name(key);
            if (count == MaxLabels || Array.IndexOf(_seen, name, 0, count) >= 0)
            {
                to.CutTo(start);
                WriteMerged(to, attributes);
                return overflow;
            }
            _seen[count++] = name;
            if (to.Length > 0)
                to.Write((byte)',');
            to.Write(name);
            WriteValue(to, key, value);
            to.Write((byte)'"');
            overflow |= key == "otel.metric.overflow";
        }
        return overflow;
    }

    public static void Write(Utf8Buffer to, string label, string value)
    {
        if (to.Length > 0)
            to.Write((byte)',');
        to.Write(label);
        to.Write("=\""u8);
        WriteEscaped(to, value);
        to.Write((byte)'"');
    }

    /// <summary>For label values and, in OpenMetrics, help texts.</summary>
    public static void WriteEscaped(Utf8Buffer to, ReadOnlySpan<char> text)
    {
        int special;
        while ((special = text.IndexOfAny(s_special)) >= 0)
        {
            to.Write(text[..special]);
            to.Write(text[special] switch { '\n' => "\\n"u8, '"' => "\\\""u8, '\\' => "\\\\"u8, _ => "\uFFFD"u8 });
            text = text[(special + 1)..];
        }
        to.Write(text);
    }

    // Attributes that become one label: their values in the order of their names, parted by ";", as OpenTelemetry says.
    private static void WriteMerged(Utf8Buffer to, ReadOnlyTagCollection attributes)
    {
        var labels = new SortedDictionary<string, SortedList<string, string>>(StringComparer.Ordinal);
        foreach (var (key, value) in attributes)
        {
            var name = PrometheusNames.Label(key);
            if (!labels.TryGetValue(name, out var values))
                labels[name] = values = new SortedList<string, string>(StringComparer.Ordinal);
            values[key] = Text(key, value);
        }
        foreach (var (name, values) in labels)
            Write(to, name, string.Join(';', values.Values));
    }

    private static void WriteValue(Utf8Buffer to, string key, object? value)
    {
        switch (value)
        {
            case string text when !PoolName.Is(key):
                WriteEscaped(to, text);
                break;
            case int number:
                to.Write(number);
                break;
            case long number:
                to.Write(number);
                break;
            case bool yes:
                to.Write(yes ? "true"u8 : "false"u8);
                break;
            default:
                WriteEscaped(to, Text(key, value));
                break;
        }
    }

    public static string Text(string key, object? value) => value switch
    {
        null => "",
        string text => PoolName.Is(key) ? PoolName.Short(text) : text,
        bool yes => yes ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items => "[" + string.Join(',', items.Cast<object?>().Select(Item)) + "]",
        _ => value.ToString() ?? "",
    };

    private static string Item(object? item) => item switch
    {
        null => "null",
        string text => "\"" + JsonEncodedText.Encode(text) + "\"",
        _ => Text("", item),
    };

    private byte[] Name(string attribute)
    {
        if (_byAttribute.TryGetValue(attribute, out var known))
            return known;
        if (_byAttribute.Count >= MaxNames)
        {
            _byAttribute.Clear();
            _byLabel.Clear();
        }
        var label = PrometheusNames.Label(attribute);
        if (!_byLabel.TryGetValue(label, out var name))
            _byLabel[label] = name = Encoding.ASCII.GetBytes(label + "=\"");
        return _byAttribute[attribute] = name;
    }
}
