using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using TocsinSdk.Redaction;

namespace TocsinSdk.Logging;

/// <summary>
/// Collections, dictionaries and destructured objects as JSON, each key and text redacted; bounded in depth and number.
/// </summary>
internal sealed class NestedJson(Utf8Text to, Redactor redactor)
{
    private const int MaxDepth = 5, MaxItems = 100, MaxBytes = 32 << 10;

    private static readonly ConditionalWeakTable<Type, PropertyInfo[]> s_properties = new();

    private readonly int _from = to.Length;

    public void Write(object value, bool destructured) => Write(null, value, destructured, 0);

    private void Write(string? key, object? value, bool destructured, int depth)
    {
        if (value is not null && key is not null && redactor.IsSensitive(key))
            to.AppendString(redactor.MaskOf(Convert.ToString(value, CultureInfo.InvariantCulture)));
        else if (depth >= MaxDepth || to.Length - _from > MaxBytes)
            to.Append("\"…\""u8);
        else
            WriteAny(value, destructured, depth);
    }

    private void WriteAny(object? value, bool destructured, int depth)
    {
        switch (value)
        {
            case null: to.Append("null"u8); break;
            case string text: Text(text); break;
            case bool b: to.Append(b ? "true"u8 : "false"u8); break;
            case int i: to.Append(i); break;
            case long l when redactor.IsCard(l): to.AppendString(redactor.MaskOf(l.ToString(CultureInfo.InvariantCulture))); break;
            case long l: to.Append(l); break;
            case double d when double.IsFinite(d): to.Append(d); break;
            case float f when float.IsFinite(f): to.Append(f); break;
            case decimal m: to.Append(m); break;
            case byte or sbyte or short or ushort or uint or ulong: Text(Convert.ToString(value, CultureInfo.InvariantCulture)!, quoted: false); break;
            case DateTime or DateTimeOffset: Text(((IFormattable)value).ToString("O", CultureInfo.InvariantCulture)); break;
            case byte[] bytes: Text(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes")); break;
            case IDictionary pairs: Pairs(pairs, destructured, depth); break;
            case IEnumerable<KeyValuePair<string, object?>> pairs: Pairs(pairs, destructured, depth); break;
            case IEnumerable<KeyValuePair<string, string?>> pairs: Pairs(pairs.Select(static p => new KeyValuePair<string, object?>(p.Key, p.Value)), destructured, depth); break;
            case IEnumerable items: Items(items, destructured, depth); break;
            case Enum or IFormattable or Uri or Type or Delegate or Exception: Text(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""); break;
            case { } when destructured: Properties(value, depth); break;
            default: Text(value.ToString() ?? ""); break;
        }
    }

    private void Pairs(IDictionary pairs, bool destructured, int depth)
    {
        to.Append((byte)'{');
        var count = 0;
        var each = pairs.GetEnumerator();
        while (count < MaxItems && each.MoveNext())
            Pair(Convert.ToString(each.Key, CultureInfo.InvariantCulture) ?? "", each.Value, destructured, depth, ref count);
        to.Append((byte)'}');
    }

    private void Pairs(IEnumerable<KeyValuePair<string, object?>> pairs, bool destructured, int depth)
    {
        to.Append((byte)'{');
        var count = 0;
        foreach (var (key, value) in pairs)
            if (count < MaxItems)
                Pair(key, value, destructured, depth, ref count);
            else
                break;
        to.Append((byte)'}');
    }

    private void Pair(string key, object? value, bool destructured, int depth, ref int count)
    {
        if (count++ > 0)
            to.Append((byte)',');
        to.AppendString(redactor.Redact(key));
        to.Append((byte)':');
        Write(key, value, destructured, depth + 1);
    }

    private void Items(IEnumerable items, bool destructured, int depth)
    {
        to.Append((byte)'[');
        var count = 0;
        foreach (var item in items)
        {
            if (count == MaxItems)
                break;
            if (count++ > 0)
                to.Append((byte)',');
            Write(null, item, destructured, depth + 1);
        }
        to.Append((byte)']');
    }

    private void Properties(object value, int depth)
    {
        to.Append((byte)'{');
        var count = 0;
        foreach (var property in PropertiesOf(value.GetType()))
            if (count < MaxItems)
                Pair(property.Name, ValueOf(property, value), destructured: true, depth, ref count);
        to.Append((byte)'}');
    }

    private static object? ValueOf(PropertyInfo property, object of)
    {
        try
        {
            return property.GetValue(of);
        }
        catch (TargetInvocationException e)
        {
            return "threw " + e.InnerException?.GetType().Name;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "What was trimmed away is not shown.")]
    private static PropertyInfo[] PropertiesOf(Type type)
    {
        if (s_properties.TryGetValue(type, out var known))
            return known;
        PropertyInfo[] readable =
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(static p => p.CanRead && p.GetIndexParameters().Length == 0 && !p.PropertyType.IsByRefLike),
        ];
        s_properties.AddOrUpdate(type, readable);
        return readable;
    }

    private void Text(string text, bool quoted = true)
    {
        if (!quoted)
        {
            to.Append(text.AsSpan());
            return;
        }
        var clean = redactor.Redact(text);
        to.AppendString(clean.Length > FieldValue.MaxText ? clean.AsSpan(0, FieldValue.MaxText) : clean);
    }
}
