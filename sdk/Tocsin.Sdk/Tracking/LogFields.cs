using System.Collections;
using System.Globalization;
using System.Text;

namespace TocsinSdk.Tracking;

/// <summary>The state of a log record whose fields are more than its message names.</summary>
internal sealed class LogFields(string template) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly List<KeyValuePair<string, object?>> _fields = [];

    // Providers look for the template in the last place.
    public int Count => _fields.Count + 1;

    public KeyValuePair<string, object?> this[int index] =>
        index < _fields.Count ? _fields[index] : new("{OriginalFormat}", template);

    public void Add(string key, object? value) => _fields.Add(new(key, value));

    public override string ToString()
    {
        var text = new StringBuilder(template);
        foreach (var (key, value) in _fields)
            text.Replace("{" + key + "}", Convert.ToString(value, CultureInfo.InvariantCulture));
        return text.ToString();
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
